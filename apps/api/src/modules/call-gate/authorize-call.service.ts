import { Injectable } from '@nestjs/common';
import { ProblemError } from '../../platform/http/problem.error.js';
import { ownAgentsOnly, type RequestContext } from '../tenancy/tenancy.public.js';
import { CallBatcher } from './call-batcher.js';
import { commandOf } from './call-command.js';
import type { CallDecision } from './call-decision.js';
import type { CallRequest } from './call-request.js';
import { gateMetrics } from './gate-metrics.js';
import { OwnCalls } from './own-calls.js';

/** Decides one call: parse the destination, find the assignment, check, count, write the ledger, answer after commit. */
@Injectable()
export class AuthorizeCallService {
  constructor(
    private readonly batcher: CallBatcher,
    private readonly ownCalls: OwnCalls,
  ) {}

  /**
   * A refusal is a decision, not an error.
   *
   * @throws ProblemError gate_unavailable (cannot decide: never an allow), idempotency_key_reused, permission_denied
   */
  async authorize(context: RequestContext, request: CallRequest, idempotencyKey: string | null): Promise<CallDecision> {
    const ownUserId = ownAgentsOnly(context);
    if (ownUserId !== null) await this.ownCalls.demand(context, ownUserId, request);
    const decision = await this.batcher.decide(commandOf(context, request, idempotencyKey));
    if (decision.outcome === 'key_reused') throw keyReused();
    gateMetrics.decision(decision.reasonCode, decision.outcome);
    return decision;
  }
}

function keyReused(): ProblemError {
  return new ProblemError(
    'idempotency_key_reused',
    'This Idempotency-Key was used for another call. Send a new key for every call, and the same only to retry it.',
  );
}
