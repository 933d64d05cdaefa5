import { Controller, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BodyLimit } from '../../../platform/http/bodies/bodies.js';
import { noteInLog } from '../../../platform/http/hooks/log-notes.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { parseBatchRequest, parseNoIdempotencyKey, parseNoQuery, valueOrThrow } from '../policy/call-request.js';
import { batchAnswer } from './authorize-call.answer.js';
import { AuthorizeCallService } from './authorize-call.service.js';
import { AuthorizeBatchDto, BatchDecisionsDto } from './dto/authorize-batch.dto.js';
import { ABOUT_TIMEOUTS } from './dto/authorize-call.responses.js';
import { GateProblemFilter } from './gate-problem.filter.js';
import { undecidedNote } from './undecided-note.js';

@ApiTags('Call gate')
@Controller('call-gate')
@UseFilters(GateProblemFilter)
export class AuthorizeBatchController {
  constructor(private readonly service: AuthorizeCallService) {}

  @Post('authorize-batch')
  @HttpCode(200)
  @RequirePermission('calls:authorize')
  @BodyLimit('many')
  @ApiOperation({
    summary: 'Decide up to 500 calls in one request',
    description:
      'An answer for each call, in their order. Some allowed and some refused is normal. A call that could not be decided ' +
      'has an `error` and `allowed: false`: do not dial it. After `gate_unavailable` ask again with the same idempotency ' +
      'key; after `idempotency_key_reused`, which says that the key belongs to another call, with a new one. ' +
      `A request that is wrong in one call is refused as a whole, before any call is counted. ${ABOUT_TIMEOUTS}`,
  })
  @ApiBody({ type: AuthorizeBatchDto })
  @ApiOkResponse({ type: BatchDecisionsDto })
  @ApiProblems('gate_unavailable')
  async authorizeCalls(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Context() context: RequestContext,
  ): Promise<void> {
    valueOrThrow(parseNoQuery(request.query));
    valueOrThrow(parseNoIdempotencyKey(request.headers['idempotency-key']));
    const calls = valueOrThrow(parseBatchRequest(request.body));
    const whenGone = (hangUp: () => void) => void reply.raw.once('close', hangUp);
    const answers = await this.service.authorizeAll(context, calls, whenGone);
    const undecided = undecidedNote(answers);
    if (undecided !== null) noteInLog(request, undecided);
    void reply.type('application/json; charset=utf-8').send(batchAnswer(answers));
  }
}
