import { Injectable } from '@nestjs/common';
import type { PhoneNumberProvider } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { clientLimit, type RequestContext } from '../../tenancy/tenancy.public.js';
import {
  DELETE_INSERTED,
  findDiffering,
  findSame,
  LISTED,
  lockOwn,
  registrationSql,
  rehearseInsert,
  rehearseRevival,
  restIsUnchanged,
  staged,
  updateDiffering,
} from './sql/register-phone-numbers.sql.js';

/** A number to be registered. It has been parsed: `e164`, country and type belong together. */
export interface NewPhoneNumber {
  e164: string;
  countryCode: string | null;
  numberType: string;
  provider: PhoneNumberProvider;
  region?: string | null;
  label?: string | null;
  tags?: string[];
  monthlyCost?: string | null;
  currency?: string | null;
  capabilities?: { voice?: boolean; sms?: boolean };
  clientId?: string | null;
}

export type Registration =
  | { outcome: 'created' | 'revived'; id: string }
  /** Taken: by the organization itself, by the pool, or by another organization, which is not named. */
  | { outcome: 'own' | 'in_pool'; id: string }
  | { outcome: 'elsewhere' };

/**
 * Numbers in a table of the transaction, each once, with the columns e164, country_code, number_type, provider, label,
 * region, client_id, monthly_cost, currency, voice, sms and tags. The steps write number_id and outcome: created,
 * revived, own, in_pool, updated, unchanged; a row whose number another organization has keeps none. Rows that have an
 * outcome already are left alone.
 */
export interface StagedNumbers {
  table: string;
  /** Told the ids of numbers that exist, before they change. */
  beforeChange: (ids: readonly string[]) => Promise<void>;
}

interface Done {
  id: string;
  e164: string;
  outcome: 'created' | 'revived' | 'own' | 'in_pool';
}

const FROM_LIST = registrationSql(LISTED);
const nothingBefore = (): Promise<void> => Promise.resolve();

/** Takes numbers into an organization: the ones of a list, or those that the caller has staged in a table. */
@Injectable()
export class PhoneNumberRegistry {
  private readonly sqlOfTables = new Map<string, ReturnType<typeof registrationSql>>();

  /**
   * Registers the numbers that no organization has.
   *
   * @param numbers each number once
   * @returns what became of each number, by its E.164 form
   * @throws ProblemError permission_denied when the caller is limited to clients and a number belongs to none of them
   */
  async register(
    tx: Transaction,
    context: RequestContext,
    numbers: readonly NewPhoneNumber[],
  ): Promise<Map<string, Registration>> {
    const { organizationId } = context;
    requireOwnClients(context, numbers);
    const rows = JSON.stringify(numbers.map(rowOf));
    const inserted = await tx.query<Done>(FROM_LIST.insert, [organizationId, 'manual', rows]);
    const e164s = inserted.map(({ e164 }) => e164);
    const revived = await this.revive(tx, organizationId, 'manual', FROM_LIST, [rows], [e164s], nothingBefore);
    const registrations = new Map<string, Registration>(numbers.map(({ e164 }) => [e164, { outcome: 'elsewhere' }]));
    for (const { e164, id, outcome } of [...inserted, ...revived]) registrations.set(e164, { outcome, id });
    if (inserted.length === numbers.length) return registrations;
    const left = numbers.filter(({ e164 }) => registrations.get(e164)?.outcome === 'elsewhere').map(rowOf);
    const taken = await tx.query<Done>(FROM_LIST.findTaken, [organizationId, JSON.stringify(left)]);
    for (const { e164, id, outcome } of taken) registrations.set(e164, { outcome, id });
    return registrations;
  }

  /** The same for the rows of a table, for as many as there are. */
  async registerStaged(tx: Transaction, organizationId: string, { table, beforeChange }: StagedNumbers): Promise<void> {
    const sql = this.sqlOf(table);
    await tx.query(sql.insert, [organizationId, 'upload']);
    await this.revive(tx, organizationId, 'upload', sql, [], [], beforeChange);
  }

  /** Says what registering would say, and inserts nothing. */
  async rehearseStaged(tx: Transaction, organizationId: string, { table }: StagedNumbers): Promise<void> {
    await tx.query(rehearseInsert(table));
    await tx.query(rehearseRevival(table), [organizationId]);
  }

  /** Says which of the rows that were not registered are the organization's own, or the pool's. */
  async findTaken(tx: Transaction, organizationId: string, { table }: StagedNumbers): Promise<void> {
    await tx.query(this.sqlOf(table).findTaken, [organizationId]);
  }

  /** Locks the organization's own numbers of the table, in the order of the numbers. */
  async lockOwn(tx: Transaction, organizationId: string, { table }: StagedNumbers): Promise<void> {
    await tx.query(lockOwn(table), [organizationId]);
  }

  /** Own numbers of rows with one of these outcomes that are what their row says, in E.164 form. */
  async sameOwn(
    tx: Transaction,
    organizationId: string,
    { table }: Pick<StagedNumbers, 'table'>,
    outcomes: readonly string[],
  ): Promise<string[]> {
    const same = await tx.query<{ e164: string }>(findSame(table), [organizationId, outcomes]);
    return same.map(({ e164 }) => e164);
  }

  /** Changes own numbers, which are locked, where their row says something else. */
  async updateOwn(tx: Transaction, organizationId: string, { table, beforeChange }: StagedNumbers): Promise<void> {
    const differing = await tx.query<{ id: string }>(findDiffering(table), [organizationId]);
    if (differing.length > 0) {
      const ids = differing.map(({ id }) => id);
      await beforeChange(ids);
      await tx.query(updateDiffering(table), [organizationId, ids]);
    }
    await tx.query(restIsUnchanged(table));
  }

  private async revive(
    tx: Transaction,
    organizationId: string,
    source: 'manual' | 'upload',
    sql: ReturnType<typeof registrationSql>,
    rows: readonly unknown[],
    inserted: readonly unknown[],
    beforeChange: StagedNumbers['beforeChange'],
  ): Promise<Done[]> {
    const released = await tx.query<Done>(sql.findReleased, [organizationId, ...inserted]);
    if (released.length === 0) return [];
    const ids = released.map(({ id }) => id);
    await beforeChange(ids);
    await tx.query(DELETE_INSERTED, [organizationId, released.map(({ e164 }) => e164)]);
    return tx.query<Done>(sql.revive, [organizationId, source, ids, ...rows]);
  }

  private sqlOf(table: string): ReturnType<typeof registrationSql> {
    const sql = this.sqlOfTables.get(table) ?? registrationSql(staged(table));
    this.sqlOfTables.set(table, sql);
    return sql;
  }
}

/** Named as the columns are. */
function rowOf({ e164, countryCode, numberType, monthlyCost, capabilities, clientId, ...others }: NewPhoneNumber) {
  const { region, label, provider, tags, currency } = others;
  return {
    ...{ e164, region, label, provider, tags, currency, ...capabilities },
    ...{ country_code: countryCode, number_type: numberType, monthly_cost: monthlyCost, client_id: clientId },
  };
}

/** @throws ProblemError permission_denied when the caller is limited to clients and a number belongs to none of them */
function requireOwnClients(context: RequestContext, numbers: readonly NewPhoneNumber[]): void {
  const limit = clientLimit(context);
  if (limit === null || numbers.every(({ clientId }) => clientId != null && limit.includes(clientId))) return;
  const detail =
    'You are limited to clients, so each number has to belong to one of yours. Add them one by one, with clientId.';
  throw new ProblemError('permission_denied', detail);
}
