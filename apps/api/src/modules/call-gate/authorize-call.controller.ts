import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from '../../platform/http/problem.error.js';
import { Context, RequirePermission } from '../auth/auth.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { jsonAnswer, textAnswer } from './authorize-call.answer.js';
import { AuthorizeCallService } from './authorize-call.service.js';
import { parseCallRequest, parseIdempotencyKey, type Parsed } from './call-request.js';
import { AuthorizeCallDto, CallDecisionDto } from './dto/authorize-call.dto.js';

@ApiTags('Call gate')
@Controller('call-gate')
export class AuthorizeCallController {
  constructor(private readonly service: AuthorizeCallService) {}

  @Post('authorize')
  @HttpCode(200)
  @RequirePermission('calls:authorize')
  @ApiOperation({
    summary: 'Decide whether a call may be placed, and from which number',
    description:
      'Counts the call when it is allowed. A refusal is a decision (200). 503 means: cannot decide, do not dial.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'A new one for every call, the same to retry it.',
  })
  @ApiBody({ type: AuthorizeCallDto })
  @ApiOkResponse({ type: CallDecisionDto })
  @ApiProduces('application/json', 'text/plain')
  async authorize(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Context() context: RequestContext,
  ): Promise<void> {
    const call = demand(parseCallRequest(request.body));
    const idempotencyKey = demand(parseIdempotencyKey(request.headers['idempotency-key']));
    const decision = await this.service.authorize(context, call, idempotencyKey);
    if (decision.outcome === 'replayed') void reply.header('idempotent-replayed', 'true');
    if (request.headers.accept === 'text/plain') {
      void reply.type('text/plain; charset=utf-8').send(textAnswer(decision));
    } else {
      void reply.type('application/json; charset=utf-8').send(jsonAnswer(decision));
    }
  }
}

function demand<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const [field, message] = Object.entries(parsed.errors)[0]!;
  throw new ProblemError('validation_failed', `${field} ${message}`, { errors: parsed.errors });
}
