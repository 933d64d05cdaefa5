import { Injectable } from '@nestjs/common';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { ownAgentsOnly, type RequestContext } from '../../tenancy/tenancy.public.js';
import { CallBatcher } from '../engine/call-batcher.js';
import { gateMetrics } from '../engine/gate-metrics.js';
import { commandOf } from '../policy/call-command.js';
import type { CallDecision } from '../policy/call-decision.js';
import type { BatchCall, CallRequest } from '../policy/call-request.js';
import { OwnCalls } from '../policy/own-calls.js';

/** Decides one call: parse the destination, find the assignment, check, count, write the ledger, answer after commit. */
@Injectable()
export class AuthorizeCallService {
  constructor(
    private readonly batcher: CallBatcher,
    private readonly ownCalls: OwnCalls,
  ) {}

  /**
   * A refusal is a decision, not an error. Once the client has hung up the promise may stay open for ever.
   *
   * @param whenGone registers what is to be called when the client has hung up
   * @throws ProblemError gate_unavailable (cannot decide: never an allow), idempotency_key_reused, permission_denied
   */
  async authorize(
    context: RequestContext,
    request: CallRequest,
    idempotencyKey: string | null,
    whenGone: (hangUp: () => void) => void,
  ): Promise<CallDecision> {
    const ownUserId = ownAgentsOnly(context);
    const call = ownUserId === null ? request : await this.ownCalls.requireOwn(context, ownUserId, request);
    return new Promise((resolve, reject) => whenGone(this.decide(context, call, idempotencyKey, resolve, reject)));
  }

  /**
   * `authorize` for a caller who may place calls of every agent, without a promise.
   *
   * @returns what is to be called when the client has hung up, at any time: a call that still waits is not decided then
   */
  decide(
    context: RequestContext,
    request: CallRequest,
    idempotencyKey: string | null,
    resolve: (decision: CallDecision) => void,
    reject: (problem: ProblemError) => void,
  ): () => void {
    const answer = (decision: CallDecision) => {
      if (decision.outcome === 'key_reused') return reject(keyReused());
      gateMetrics.decision(decision.reasonCode, decision.outcome);
      resolve(decision);
    };
    const call = this.batcher.submit(commandOf(context, request, idempotencyKey), answer, reject);
    return () => this.batcher.clientGone(call);
  }

  /**
   * Decides the calls together, each as `authorize` would, and answers in their order; a call that could not be decided
   * answers with its problem.
   *
   * @param whenGone as for `authorize`
   * @throws ProblemError gate_unavailable when there is no room for all of them, permission_denied
   */
  async authorizeAll(
    context: RequestContext,
    calls: readonly BatchCall[],
    whenGone: (hangUp: () => void) => void,
  ): Promise<(CallDecision | ProblemError)[]> {
    const ownUserId = ownAgentsOnly(context);
    const own = ownUserId === null ? calls : await this.demandOwn(context, ownUserId, calls);
    const commands = own.map(({ call, idempotencyKey }) => commandOf(context, call, idempotencyKey));
    const answers = await this.batcher.decideAll(commands, whenGone);
    return answers.map((answer) => {
      if (answer instanceof ProblemError) return answer;
      if (answer.outcome === 'key_reused') return keyReused();
      gateMetrics.decision(answer.reasonCode, answer.outcome);
      return answer;
    });
  }

  private async demandOwn(context: RequestContext, userId: string, calls: readonly BatchCall[]): Promise<BatchCall[]> {
    const agents = new Map<string, string | null>();
    for (const { call } of calls) {
      if (agents.has(callerOf(call))) continue;
      agents.set(callerOf(call), (await this.ownCalls.requireOwn(context, userId, call)).agentId);
    }
    return calls.map(({ call, ...rest }) => ({
      ...rest,
      call: { ...call, agentId: agents.get(callerOf(call)) ?? null },
    }));
  }
}

function callerOf({ agentId, agentExternalId, assignmentId }: CallRequest): string {
  return JSON.stringify([agentId, agentExternalId, assignmentId]);
}

function keyReused(): ProblemError {
  return new ProblemError(
    'idempotency_key_reused',
    'This Idempotency-Key was used for another call. Send a new key for every call, and the same only to retry it.',
  );
}
