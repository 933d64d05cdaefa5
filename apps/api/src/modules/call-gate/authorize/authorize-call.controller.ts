import { Controller, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiForbiddenResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BodyLimit } from '../../../platform/http/bodies/bodies.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { parseAuthorizeQuery, parseCallRequest, parseIdempotencyKey, valueOrThrow } from '../policy/call-request.js';
import { sendDecision } from './authorize-call.answer.js';
import { AuthorizeCallService } from './authorize-call.service.js';
import { AuthorizeCallDto, CallDecisionDto } from './dto/authorize-call.dto.js';
import { ABOUT_TIMEOUTS, decided, deniedByStatus } from './dto/authorize-call.responses.js';
import { ABOUT_IDEMPOTENCY_KEYS } from './dto/idempotency-key.js';
import { GateProblemFilter } from './gate-problem.filter.js';

@ApiTags('Call gate')
@Controller('call-gate')
@UseFilters(GateProblemFilter)
export class AuthorizeCallController {
  constructor(private readonly service: AuthorizeCallService) {}

  @Post('authorize')
  @HttpCode(200)
  @RequirePermission('calls:authorize')
  @BodyLimit('small')
  @ApiOperation({
    summary: 'Decide whether a call may be placed, and from which number',
    description:
      'Counts the call when it is allowed. A refusal is a decision (200). 503 means: cannot decide, do not dial. ' +
      `\`Accept: text/plain\` answers one line. ${ABOUT_TIMEOUTS}`,
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: ABOUT_IDEMPOTENCY_KEYS,
  })
  @ApiQuery({
    name: 'statusOnDeny',
    required: false,
    enum: ['403'],
    description: 'A denial answers this status instead of 200, with the same body or line.',
  })
  @ApiBody({ type: AuthorizeCallDto })
  @ApiExtraModels(CallDecisionDto)
  @ApiOkResponse(decided)
  @ApiForbiddenResponse(deniedByStatus)
  @ApiProblems('idempotency_key_reused', 'gate_unavailable')
  async authorizeCall(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Context() context: RequestContext,
  ): Promise<void> {
    const call = valueOrThrow(parseCallRequest(request.body));
    const idempotencyKey = valueOrThrow(parseIdempotencyKey(request.headers['idempotency-key']));
    const statusOnDeny = valueOrThrow(parseAuthorizeQuery(request.query));
    const whenGone = (hangUp: () => void) => void reply.raw.once('close', hangUp);
    const decision = await this.service.authorize(context, call, idempotencyKey, whenGone);
    sendDecision(request, reply, decision, statusOnDeny);
  }
}
