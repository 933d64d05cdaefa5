import { Injectable } from '@nestjs/common';
import type { BulkItemView } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { END_ASSIGNMENTS_OF_NUMBERS } from '../assign/sql/end-assignments-of-numbers.sql.js';
import { AgentAssignmentRows, type NewRules } from '../assign/agent-assignment-rows.js';
import { AGENTS_WITH_THEIR_NUMBER, GIVES_ONE_NUMBER } from './sql/one-number-each.sql.js';

/** Assignments of many numbers, one statement for each step. The caller has locked agents and numbers. */
@Injectable()
export class BulkAssignments {
  constructor(private readonly rows: AgentAssignmentRows) {}

  async end(tx: Transaction, context: RequestContext, phoneNumberIds: readonly string[]): Promise<void> {
    await tx.query(END_ASSIGNMENTS_OF_NUMBERS, [context.organizationId, phoneNumberIds]);
  }

  async put(tx: Transaction, context: RequestContext, items: readonly BulkItemView[], rules: NewRules): Promise<void> {
    const pairs = items.map(({ agentId, id }) => ({ agentId: agentId!, phoneNumberId: id }));
    await this.rows.putPairs(tx, context, pairs, rules);
  }

  /** How many more numbers an agent may get; null for any number. The setting stays until the transaction ends. */
  async roomOf(
    tx: Transaction,
    context: RequestContext,
    agentIds: readonly string[],
  ): Promise<(agentId: string) => number | null> {
    const [setting] = await tx.query<{ oneNumber: boolean }>(GIVES_ONE_NUMBER, [context.organizationId]);
    if (!setting?.oneNumber) return () => null;
    const rows = await tx.query<{ agentId: string }>(AGENTS_WITH_THEIR_NUMBER, [context.organizationId, agentIds]);
    const taken = new Set(rows.map(({ agentId }) => agentId));
    return (agentId) => (taken.has(agentId) ? 0 : 1);
  }
}
