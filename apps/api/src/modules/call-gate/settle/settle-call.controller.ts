import { Body, Controller, HttpCode, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { CompleteCallDto, VoidCallDto } from './dto/settle-call.dto.js';
import { SettlementViewDto } from './dto/settlement.dto.js';
import { GateProblemFilter } from '../authorize/gate-problem.filter.js';
import { sendSettled } from './settle-call.answer.js';
import { settled } from './settle-call.responses.js';
import { completedCall } from './settle-call.request.js';
import { SettleCallService } from './settle-call.service.js';

export const ABOUT_REACH =
  'An API key reaches the calls that it authorized itself, a person with the role agent those of their own agents, and ' +
  'who has `calls:settle-any` all of the organization. Any other call is answered as one that does not exist.';

export const ABOUT_CORRECTIONS =
  'A later report on a completed call is a correction, and answers `corrected: true`: it may change `durationSeconds`, ' +
  '`cost` and `currency`, and add a `sipCode` or an `externalCallId` that was not reported. What it leaves out stays, and ' +
  '`disposition` must be as before. What the same caller reported once and was corrected since is taken for a late ' +
  'retry and changes nothing. A call is corrected 100 times at most, for as long as the ledger holds it.';

export const ABOUT_VOIDS =
  'Only soon after the decision, by whom authorized it (or with `calls:settle-any`), and a limited number of times a ' +
  'day: 10, or a tenth of the daily limit where that is more, but never more than the daily limit itself.';

@ApiTags('Call gate')
@ApiExtraModels(SettlementViewDto)
@Controller('call-gate/authorizations/:id')
@UseFilters(GateProblemFilter)
export class SettleCallController {
  constructor(private readonly service: SettleCallService) {}

  @Post('complete')
  @HttpCode(200)
  @RequirePermission('calls:settle')
  @ApiOperation({
    summary: 'Record how an authorized call went',
    description:
      'Possible after the lease has run out as well. The same body again changes nothing and answers 200. ' +
      `${ABOUT_CORRECTIONS} ${ABOUT_REACH}`,
  })
  @ApiOkResponse(settled)
  @ApiProblems('authorization_settled', 'authorization_not_settleable', 'gate_unavailable')
  async completeCall(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: CompleteCallDto,
  ): Promise<void> {
    sendSettled(request, reply, await this.service.complete(context, { id }, completedCall(body)));
  }

  @Post('void')
  @HttpCode(200)
  @RequirePermission('calls:settle')
  @ApiOperation({
    summary: 'Give back a call that was not placed',
    description:
      `${ABOUT_VOIDS} ` +
      'The same body again changes nothing and answers 200. The permission to dial ends with it: a retry of the ' +
      'authorization with its Idempotency-Key is denied, so ask with a new key to call after all. ' +
      ABOUT_REACH,
  })
  @ApiOkResponse(settled)
  @ApiProblems('authorization_settled', 'authorization_not_settleable', 'void_limit_reached', 'gate_unavailable')
  async voidCall(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: VoidCallDto,
  ): Promise<void> {
    sendSettled(request, reply, await this.service.void(context, { id }, body.reason));
  }
}
