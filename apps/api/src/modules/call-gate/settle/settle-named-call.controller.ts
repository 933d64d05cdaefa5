import { Body, Controller, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BodyLimit } from '../../../platform/http/bodies/bodies.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import {
  CompleteNamedCallDto,
  MAX_SETTLEMENTS,
  SettleBatchDto,
  SettledBatchDto,
  VoidNamedCallDto,
} from './dto/settlement.dto.js';
import { GateProblemFilter } from '../authorize/gate-problem.filter.js';
import { sendSettled, sendSettledBatch } from './settle-call.answer.js';
import { ABOUT_CORRECTIONS, ABOUT_REACH, ABOUT_VOIDS } from './settle-call.controller.js';
import { settled, settledBatch } from './settle-call.responses.js';
import { completedCall, nameOf } from './settle-call.request.js';
import { SettleCallService } from './settle-call.service.js';

/** Settlements that name the call in the body: by its id, or by the Idempotency-Key of its authorization. */
@ApiTags('Call gate')
@Controller('call-gate')
@UseFilters(GateProblemFilter)
@ApiExtraModels(SettledBatchDto)
export class SettleNamedCallController {
  constructor(private readonly service: SettleCallService) {}

  @Post('complete')
  @HttpCode(200)
  @RequirePermission('calls:settle')
  @ApiOperation({
    summary: 'Record how a call went, by its id or its Idempotency-Key',
    description: `As \`POST /call-gate/authorizations/{id}/complete\`. ${ABOUT_CORRECTIONS} ${ABOUT_REACH}`,
  })
  @ApiOkResponse(settled)
  @ApiProblems('record_not_found', 'authorization_settled', 'authorization_not_settleable', 'gate_unavailable')
  async completeNamedCall(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Context() context: RequestContext,
    @Body() body: CompleteNamedCallDto,
  ): Promise<void> {
    sendSettled(request, reply, await this.service.complete(context, nameOf(body), completedCall(body)));
  }

  @Post('void')
  @HttpCode(200)
  @RequirePermission('calls:settle')
  @ApiOperation({
    summary: 'Give back a call that was not placed, by its id or its Idempotency-Key',
    description:
      'As `POST /call-gate/authorizations/{id}/void`. By the key a dialer gives back a call whose answer it never got; ' +
      `404 then says that nothing was counted. ${ABOUT_VOIDS} ${ABOUT_REACH}`,
  })
  @ApiOkResponse(settled)
  @ApiProblems(
    'record_not_found',
    'authorization_settled',
    'authorization_not_settleable',
    'void_limit_reached',
    'gate_unavailable',
  )
  async voidNamedCall(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Context() context: RequestContext,
    @Body() body: VoidNamedCallDto,
  ): Promise<void> {
    sendSettled(request, reply, await this.service.void(context, nameOf(body), body.reason));
  }

  @Post('settle-batch')
  @HttpCode(200)
  @RequirePermission('calls:settle')
  @BodyLimit('many')
  @ApiOperation({
    summary: 'Complete and void up to 500 calls in one request',
    description:
      'Each call is settled for itself, as it would be alone, and answered in its place: a call that cannot be settled has ' +
      'an `error` and stops no other. A request that is wrong in one call is refused as a whole. After 503 some may be ' +
      `settled: send all of them again, for the same settlement again changes nothing. ${ABOUT_REACH}`,
  })
  @ApiOkResponse(settledBatch)
  @ApiProblems('gate_unavailable')
  async settleCalls(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Context() context: RequestContext,
    @Body() body: SettleBatchDto,
  ): Promise<void> {
    const complete = body.complete ?? [];
    const voids = body.void ?? [];
    requireSome(complete.length + voids.length);
    const settlements = await this.service.settleAll(
      context,
      complete.map((call) => ({ name: nameOf(call), call: completedCall(call) })),
      voids.map((call) => ({ name: nameOf(call), reason: call.reason })),
    );
    sendSettledBatch(request, reply, settlements);
  }
}

function requireSome(count: number): void {
  if (count >= 1 && count <= MAX_SETTLEMENTS) return;
  const message = `must have, together with void, 1 to ${MAX_SETTLEMENTS} calls`;
  throw new ProblemError('validation_failed', `complete ${message}`, { errors: { complete: message } });
}
