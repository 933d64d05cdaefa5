import { Injectable } from '@nestjs/common';
import type { RestrictedDestinationType } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { type AssignmentRows, PUT_PAIRS, putAssignments } from './sql/put-assignments.sql.js';

/** What bounds the calls of assignments that are made together. */
export interface NewRules {
  /** The organization's default when left out. */
  dailyLimit?: number;
  /** Null inherits the list of the organization; an empty list allows none. */
  allowedCountries: string[] | null;
  allowedNumberTypes: RestrictedDestinationType[];
}

/** The one place that makes assignments, for one pair of agent and number or for thousands. */
@Injectable()
export class AgentAssignmentRows {
  /**
   * Lets agents call from numbers that are free, by the same rules.
   *
   * @param pairs each number once
   * @returns the ids of the assignments, new or brought back
   */
  async putPairs(
    tx: Transaction,
    { organizationId }: RequestContext,
    pairs: readonly { agentId: string; phoneNumberId: string }[],
    { dailyLimit, allowedCountries, allowedNumberTypes }: NewRules,
  ): Promise<string[]> {
    const agents = pairs.map(({ agentId }) => agentId);
    const numbers = pairs.map(({ phoneNumberId }) => phoneNumberId);
    const rules = [dailyLimit ?? null, allowedCountries, allowedNumberTypes];
    const rows = await tx.query<{ id: string }>(PUT_PAIRS, [organizationId, agents, numbers, ...rules]);
    return rows.map(({ id }) => id);
  }

  /** The same for rows of the caller's, each with rules of its own. */
  async put(tx: Transaction, organizationId: string, { from, keep, parameters }: AssignmentRows): Promise<void> {
    await tx.query(putAssignments({ from, keep }), [organizationId, ...parameters]);
  }
}
