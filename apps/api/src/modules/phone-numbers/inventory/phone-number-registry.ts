import { Injectable } from '@nestjs/common';
import type { PhoneNumberProvider } from '#contracts';
import type { Transaction } from '../../../platform/database/database.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { clientLimit, type RequestContext } from '../../tenancy/tenancy.public.js';
import {
  DELETE_INSERTED,
  FIND_TAKEN,
  INSERT_PHONE_NUMBERS,
  LOCK_RELEASED,
  REVIVE_PHONE_NUMBERS,
  UPDATE_PHONE_NUMBERS,
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
  source: 'manual' | 'upload';
  clientId?: string | null;
}

export type Registration =
  | { outcome: 'created' | 'revived'; id: string }
  /** Differed from the row, or not. Only when existing numbers are to be updated. */
  | { outcome: 'updated' | 'unchanged'; id: string }
  /** Taken: by the organization itself, by the pool, or by another organization, which is not named. */
  | { outcome: 'own' | 'in_pool'; id: string }
  | { outcome: 'elsewhere' };

interface Found {
  id: string;
  e164: string;
}

/** Takes numbers into an organization, one or thousands at a time. */
@Injectable()
export class PhoneNumberRegistry {
  /**
   * Registers the numbers that no organization has.
   *
   * @param numbers each number once
   * @param existing what to do with the organization's own numbers: leave them, or update provider and label
   * @returns what became of each number, by its E.164 form
   */
  async register(
    tx: Transaction,
    context: RequestContext,
    numbers: readonly NewPhoneNumber[],
    existing: 'leave' | 'update',
  ): Promise<Map<string, Registration>> {
    const { organizationId } = context;
    const registrations = new Map<string, Registration>();
    if (numbers.length === 0) return registrations;
    requireOwnClients(context, numbers);
    const rows = JSON.stringify(numbers);
    const inserted = await tx.query<Found>(INSERT_PHONE_NUMBERS, [organizationId, rows]);
    for (const { e164, id } of inserted) registrations.set(e164, { outcome: 'created', id });
    await this.revive(tx, organizationId, rows, inserted, registrations);

    const left = numbers.map(({ e164 }) => e164).filter((e164) => !registrations.has(e164));
    if (left.length === 0) return registrations;
    for (const e164 of left) registrations.set(e164, { outcome: 'elsewhere' });
    const taken = await tx.query<Found & { own: boolean }>(FIND_TAKEN, [organizationId, left]);
    for (const { e164, id, own } of taken) registrations.set(e164, { outcome: own ? 'own' : 'in_pool', id });
    if (existing === 'update') {
      const ownRows = numbers.filter(({ e164 }) => registrations.get(e164)?.outcome === 'own');
      await this.update(tx, organizationId, ownRows, registrations);
    }
    return registrations;
  }

  private async revive(
    tx: Transaction,
    organizationId: string,
    rows: string,
    inserted: readonly Found[],
    registrations: Map<string, Registration>,
  ): Promise<void> {
    if (inserted.length === 0) return;
    const released = await tx.query<Found>(LOCK_RELEASED, [organizationId, inserted.map(({ e164 }) => e164)]);
    if (released.length === 0) return;
    const back = new Set(released.map(({ e164 }) => e164));
    await tx.query(DELETE_INSERTED, [inserted.filter(({ e164 }) => back.has(e164)).map(({ id }) => id)]);
    await tx.query(REVIVE_PHONE_NUMBERS, [organizationId, rows, released.map(({ id }) => id)]);
    for (const { e164, id } of released) registrations.set(e164, { outcome: 'revived', id });
  }

  private async update(
    tx: Transaction,
    organizationId: string,
    rows: readonly NewPhoneNumber[],
    registrations: Map<string, Registration>,
  ): Promise<void> {
    const changed = await tx.query<{ e164: string }>(UPDATE_PHONE_NUMBERS, [organizationId, JSON.stringify(rows)]);
    const differed = new Set(changed.map(({ e164 }) => e164));
    for (const { e164 } of rows) {
      const registration = registrations.get(e164);
      if (registration?.outcome !== 'own') continue;
      registrations.set(e164, { outcome: differed.has(e164) ? 'updated' : 'unchanged', id: registration.id });
    }
  }
}

/** @throws ProblemError permission_denied when the caller is limited to clients and a number belongs to none of them */
function requireOwnClients(context: RequestContext, numbers: readonly NewPhoneNumber[]): void {
  const limit = clientLimit(context);
  if (limit === null || numbers.every(({ clientId }) => clientId != null && limit.includes(clientId))) return;
  const detail =
    'You are limited to clients, so each number has to belong to one of yours. Add them one by one, with clientId.';
  throw new ProblemError('permission_denied', detail);
}
