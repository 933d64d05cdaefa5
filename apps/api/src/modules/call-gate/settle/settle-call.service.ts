import { Inject, Injectable } from '@nestjs/common';
import type { AuthorizationView, SettlementView, VoidReason } from '#contracts';
import { ENV, type Env } from '../../../config/env.js';
import { Database, type Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { AuditLog } from '../../audit/audit.public.js';
import { ownAgentsOnly, type Principal, type RequestContext } from '../../tenancy/tenancy.public.js';
import { gateMetrics } from '../engine/gate-metrics.js';
import { type CallName, type CompletedCall, SettlementRepository, type Settler } from './settlement.repository.js';
import type { CompleteResult, PartiesOfAuthorization, VoidResult } from './sql/settle-call.sql.js';

/** What came of each settlement of a batch, in their order. */
export interface Settlements {
  complete: (SettlementView | ProblemError)[];
  void: (SettlementView | ProblemError)[];
}

/**
 * What became of an authorization: completed, or voided, which gives its call back. Each happens at most once
 * (invariant G7); the same settlement sent again answers the record and changes nothing. What a later report says of the
 * duration or the price of a completed call, or adds to it, is kept as a correction (ADR 29).
 */
@Injectable()
export class SettleCallService {
  constructor(
    private readonly database: Database,
    private readonly repository: SettlementRepository,
    private readonly audit: AuditLog,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * Records how the call went, or what a later report corrects. Possible after the lease has run out as well: a call may
   * last longer.
   *
   * @throws ProblemError record_not_found, authorization_settled, authorization_not_settleable
   */
  async complete(context: RequestContext, name: CallName, call: CompletedCall): Promise<SettlementView> {
    const { result, view } = await this.database.inTenant(context.organizationId, async (tx) => {
      const { id } = await this.requireWithinReach(tx, context, name);
      const result = await this.repository.complete(tx, context, id, settlerOf(context.principal), call);
      const view = await this.repository.view(tx, context, id);
      if (result === 'completed') {
        const { disposition, durationSeconds } = view;
        await this.record(tx, context, id, 'authorization.completed', { disposition, durationSeconds });
      } else if (result === 'corrected') {
        const changes = await this.repository.lastChanges(tx, context, id);
        const subject = { subjectType: 'authorization', subjectId: id } as const;
        await this.audit.record(tx, context, { action: 'authorization.corrected', ...subject, changes });
      }
      return { result, view };
    });
    gateMetrics.settlement('complete', result);
    return settledOrThrow(result, view, this.env.VOID_WINDOW_SECONDS);
  }

  /**
   * Gives the call back to the usage day that it was counted on.
   *
   * @throws ProblemError record_not_found, permission_denied, authorization_settled, authorization_not_settleable,
   *   void_limit_reached
   */
  async void(context: RequestContext, name: CallName, reason: VoidReason): Promise<SettlementView> {
    const windowSeconds = this.env.VOID_WINDOW_SECONDS;
    const { result, view } = await this.database.inTenant(context.organizationId, async (tx) => {
      const { id, authorizedBy } = await this.requireWithinReach(tx, context, name);
      const { principal } = context;
      if (authorizedBy !== idOf(principal) && !settlesAny(principal)) throw notTheirs();
      const result = await this.repository.void(tx, context, id, idOf(principal), reason, windowSeconds);
      const view = await this.repository.view(tx, context, id);
      if (result === 'voided') {
        const { assignmentId, localDate } = view;
        await this.record(tx, context, id, 'authorization.voided', { reason, assignmentId, localDate });
      }
      return { result, view };
    });
    gateMetrics.settlement('void', result);
    return settledOrThrow(result, view, windowSeconds);
  }

  /**
   * Settles each call for itself, one after the other, and answers in their order; what cannot be settled answers its problem.
   *
   * @throws ProblemError of the server (5xx): then some may be settled, and all may be sent again
   */
  async settleAll(
    context: RequestContext,
    complete: readonly { name: CallName; call: CompletedCall }[],
    voids: readonly { name: CallName; reason: VoidReason }[],
  ): Promise<Settlements> {
    const settlements: Settlements = { complete: [], void: [] };
    for (const { name, call } of complete) settlements.complete.push(await settled(this.complete(context, name, call)));
    for (const { name, reason } of voids) settlements.void.push(await settled(this.void(context, name, reason)));
    return settlements;
  }

  /** @throws ProblemError record_not_found, in the same words for a call beyond the caller's reach as for none at all */
  private async requireWithinReach(
    tx: Transaction,
    context: RequestContext,
    name: CallName,
  ): Promise<PartiesOfAuthorization> {
    const parties = await this.repository.parties(tx, context, name);
    if (!parties || !isWithinReach(context, parties)) throw notWithinReach(context);
    return parties;
  }

  private record(
    tx: Transaction,
    context: RequestContext,
    id: string,
    action: 'authorization.completed' | 'authorization.voided',
    facts: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(tx, context, { action, subjectType: 'authorization', subjectId: id, facts });
  }
}

/** A refusal is the answer to its call; what the server could not do is none. */
async function settled(settlement: Promise<SettlementView>): Promise<SettlementView | ProblemError> {
  try {
    return await settlement;
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500) return error;
    throw error;
  }
}

function idOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : principal.apiKeyId;
}

function settlerOf(principal: Principal): Settler {
  return principal.kind === 'user'
    ? { kind: 'user', id: principal.userId, label: principal.email }
    : { kind: 'api_key', id: principal.apiKeyId, label: principal.name };
}

const settlesAny = (principal: Principal): boolean => principal.permissions.has('calls:settle-any');

/** Which calls the caller settles: all, those of the own agents, or those that it authorized itself. */
function isWithinReach(context: RequestContext, { authorizedBy, agentUserId }: PartiesOfAuthorization): boolean {
  const { principal } = context;
  if (settlesAny(principal)) return true;
  const ownUserId = ownAgentsOnly(context);
  return ownUserId === null ? authorizedBy === idOf(principal) : agentUserId === ownUserId;
}

function notWithinReach({ principal }: RequestContext): ProblemError {
  if (settlesAny(principal)) return new ProblemError('record_not_found', 'There is no such authorization.');
  const whose = principal.kind === 'user' ? 'the calls of your own agents' : 'the calls that this key authorized';
  return new ProblemError(
    'record_not_found',
    `There is no such authorization among ${whose}. Settling those of others needs the permission calls:settle-any.`,
  );
}

function notTheirs(): ProblemError {
  const detail = 'Another user or a dialer authorized the call. Voiding it needs the permission calls:settle-any.';
  return new ProblemError('permission_denied', detail);
}

function settledOrThrow(
  result: CompleteResult | VoidResult,
  view: AuthorizationView,
  windowSeconds: number,
): SettlementView {
  switch (result) {
    case 'completed':
    case 'corrected':
    case 'voided':
    case 'repeated':
      return { ...view, corrected: result === 'corrected' };
    case 'settled_otherwise':
      throw new ProblemError('authorization_settled', settledBefore(view));
    case 'too_many_corrections':
      throw new ProblemError(
        'authorization_settled',
        `The call was corrected ${view.correctionCount} times, which is as often as may be. It keeps what it has.`,
      );
    case 'denied':
      throw new ProblemError('authorization_not_settleable', 'The call was denied, so there is nothing to settle.');
    case 'expired':
      throw new ProblemError(
        'authorization_not_settleable',
        `The lease ran out at ${view.expiresAt}: the call counts as used. Complete it instead of voiding it.`,
      );
    case 'too_late':
      throw new ProblemError(
        'authorization_not_settleable',
        `A call can be voided within ${windowSeconds} seconds of the decision, which was at ${view.decidedAt}. ` +
          'It counts as used. Complete it instead.',
      );
    case 'too_many':
      throw new ProblemError(
        'void_limit_reached',
        `On ${view.localDate} this assignment has voided as many calls as it may: 10, or a tenth of its daily limit ` +
          'where that is more, but never more than the daily limit itself. ' +
          'The call counts as used. Complete it instead, and find out why so many calls are not dialed.',
      );
  }
}

function settledBefore({ status, settledAt, disposition, sipCode, externalCallId }: AuthorizationView): string {
  const at = `The authorization was ${status} at ${settledAt}`;
  if (status !== 'completed') return `${at} and keeps what it was settled with then.`;
  const kept = Object.entries({ disposition, sipCode, externalCallId })
    .filter(([, value]) => value !== null)
    .map(([field, value]) => `${field} ${value}`);
  return (
    `${at} with ${kept.join(', ')}, which it keeps. A later report may change durationSeconds, cost and currency, and add ` +
    'a sipCode or externalCallId that was not reported. Leave out what it does not change.'
  );
}
