import { Injectable } from '@nestjs/common';
import type { AgentAssignmentView, AgentPhoneNumbersView, RestrictedDestinationType } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { clientLimit, type RequestContext } from '../../tenancy/tenancy.public.js';
import { assignmentConditions, type AssignmentFilter, withinLimit } from '../lists/assignment-conditions.js';
import {
  ASSIGNMENT_COLUMNS,
  ASSIGNMENTS_FROM,
  type AssignmentViewRow,
  toView,
} from '../lists/sql/assignment-views.sql.js';
import { LOCK_ASSIGNMENTS_OF_NUMBER, type LockedAssignment } from './sql/lock-assignments-of-number.sql.js';
import { IS_IN_POOL } from './sql/is-in-pool.sql.js';
import { type AnsweredNumberRow, NUMBERS_ANSWERED_BY } from '../lists/sql/numbers-answered-by.sql.js';

/** What people may set of a live assignment. */
export interface AssignmentRules {
  dailyLimit: number;
  /** Null inherits the list of the organization; an empty list allows none. */
  allowedCountries: string[] | null;
  allowedNumberTypes: RestrictedDestinationType[];
  paused: boolean;
}

@Injectable()
export class AgentAssignmentsRepository {
  async findAll(tx: Transaction, context: RequestContext, asked: AssignmentFilter): Promise<AgentAssignmentView[]> {
    const filter = withinLimit(context, asked);
    const { conditions, parameters } = assignmentConditions(context.organizationId, filter);
    const rows = await tx.query<AssignmentViewRow>(
      `select ${ASSIGNMENT_COLUMNS} ${ASSIGNMENTS_FROM} ${conditions} order by n.e164, a.id`,
      parameters,
    );
    return rows.map(toView);
  }

  async numbersAnsweredBy(
    tx: Transaction,
    context: RequestContext,
    agentId: string,
  ): Promise<AgentPhoneNumbersView['phoneNumbers']> {
    const parameters = [context.organizationId, agentId, clientLimit(context)];
    const rows = await tx.query<AnsweredNumberRow>(NUMBERS_ANSWERED_BY, parameters);
    return rows.map((row) => ({ ...row, resetsAt: row.resetsAt.toISOString() }));
  }

  async isInPool(tx: Transaction, phoneNumberId: string): Promise<boolean> {
    return (await tx.query(IS_IN_POOL, [phoneNumberId])).length > 0;
  }

  /** Locks, as the gate orders them, the number's live assignment and the one that ties it to the agent, if one is named. */
  lockOfNumber(
    tx: Transaction,
    context: RequestContext,
    phoneNumberId: string,
    agentId: string | null,
  ): Promise<LockedAssignment[]> {
    return tx.query<LockedAssignment>(LOCK_ASSIGNMENTS_OF_NUMBER, [context.organizationId, phoneNumberId, agentId]);
  }

  /**
   * Locks a live assignment that the caller may see. False when there is none: one that is hidden is neither locked nor
   * looked at any further, so that it takes as long as one that does not exist.
   */
  async lockLive(tx: Transaction, context: RequestContext, id: string): Promise<boolean> {
    const rows = await tx.query(
      `select from agent_phone_numbers a
       where a.organization_id = $1 and a.id = $2 and a.ended_at is null and ($3::uuid[] is null or exists (
         select from phone_numbers n
         where n.organization_id = a.organization_id and n.id = a.phone_number_id and n.client_id = any ($3)))
       for no key update of a`,
      [context.organizationId, id, clientLimit(context)],
    );
    return rows.length > 0;
  }

  /** Sets the rules of a locked assignment. The gate locks these rows, so its next call goes by the new rules. */
  async update(tx: Transaction, context: RequestContext, id: string, rules: AssignmentRules): Promise<void> {
    await tx.query(
      `update agent_phone_numbers
       set daily_limit = $3, allowed_countries = $4::text[], allowed_number_types = $5::text[],
         paused_at = case when $6 then coalesce(paused_at, now()) end
       where organization_id = $1 and id = $2`,
      [context.organizationId, id, rules.dailyLimit, rules.allowedCountries, rules.allowedNumberTypes, rules.paused],
    );
  }

  async end(tx: Transaction, context: RequestContext, id: string): Promise<void> {
    await tx.query('update agent_phone_numbers set ended_at = now() where organization_id = $1 and id = $2', [
      context.organizationId,
      id,
    ]);
  }

  /** Locks every live assignment of an agent, in the order of the gate, and answers their ids. */
  async lockOfAgent(tx: Transaction, context: RequestContext, agentId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from agent_phone_numbers
       where organization_id = $1 and agent_id = $2 and ended_at is null order by phone_number_id for no key update`,
      [context.organizationId, agentId],
    );
    return rows.map(({ id }) => id);
  }
}
