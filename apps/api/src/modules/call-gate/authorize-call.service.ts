import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseDestination } from '#phone';
import { Database } from '../../platform/database/database.js';
import { ProblemError } from '../../platform/http/problem.error.js';
import { ownAgentsOnly, type RequestContext } from '../tenancy/tenancy.public.js';
import { CallBatcher } from './call-batcher.js';
import type { CallCommand, CallDecision } from './call-decision.js';
import type { CallRequest } from './call-request.js';
import { gateMetrics } from './gate-metrics.js';
import { IS_OWN_CALL } from './sql/is-own-call.sql.js';

/** Decides one call: parse the destination, find the assignment, check, count, write the ledger, answer after commit. */
@Injectable()
export class AuthorizeCallService {
  constructor(
    private readonly batcher: CallBatcher,
    private readonly database: Database,
  ) {}

  /**
   * A refusal is a decision, not an error.
   *
   * @throws ProblemError gate_unavailable (cannot decide: never an allow), idempotency_key_reused, permission_denied
   */
  async authorize(context: RequestContext, request: CallRequest, idempotencyKey: string | null): Promise<CallDecision> {
    const ownUserId = ownAgentsOnly(context);
    if (ownUserId !== null) await this.requireOwnCall(context, ownUserId, request);
    const decision = await this.batcher.decide(commandOf(context, request, idempotencyKey));
    if (decision.outcome === 'key_reused') throw keyReused();
    gateMetrics.decision(decision.reasonCode, decision.outcome);
    return decision;
  }

  private async requireOwnCall(context: RequestContext, userId: string, request: CallRequest): Promise<void> {
    const { agentId, assignmentId } = request;
    const rows = await this.database.inTenant(context.organizationId, (tx) =>
      tx.query<{ own: boolean }>(IS_OWN_CALL, [userId, agentId, assignmentId]),
    );
    if (!rows[0]?.own) {
      throw new ProblemError('permission_denied', 'You may only place calls of your own agent. Send its agentId.');
    }
  }
}

function commandOf(context: RequestContext, request: CallRequest, idempotencyKey: string | null): CallCommand {
  const { organizationId, principal } = context;
  const parsed = parseDestination(request.destination);
  return {
    organizationId,
    agentId: request.agentId,
    assignmentId: request.assignmentId,
    from: request.from,
    destination: parsed.e164 ?? request.destination,
    destinationCountry: parsed.countryCode,
    destinationType: parsed.type,
    destinationRefusal: parsed.refusal,
    callerId: principal.kind === 'user' ? principal.userId : principal.apiKeyId,
    idempotencyKey,
    fingerprint: idempotencyKey === null ? null : fingerprintOf(request),
  };
}

/** What makes two requests the same: every field, as it was sent. */
function fingerprintOf(request: CallRequest): Buffer {
  const { agentId, assignmentId, from, destination } = request;
  return hash(
    'sha256',
    JSON.stringify([agentId?.toLowerCase(), assignmentId?.toLowerCase(), from, destination]),
    'buffer',
  );
}

function keyReused(): ProblemError {
  return new ProblemError(
    'idempotency_key_reused',
    'This Idempotency-Key was used for another call. Send a new key for every call, and the same only to retry it.',
  );
}
