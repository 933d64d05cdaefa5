import { Injectable } from '@nestjs/common';
import type { PhoneNumberCheckView, PhoneNumberLifecycle, PhoneNumberProvider, PhoneNumberView } from '#contracts';
import { parsePhoneNumber } from '#phone';
import { Database, type Transaction } from '../../../platform/database/database.js';
import type { ListQuery, Page } from '../../../platform/http/lists/list-query.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { refuseReadOnlyChanges } from '../../../platform/http/problems/read-only-fields.js';
import { AuditLog, fieldsSet } from '../../audit/audit.public.js';
import { Clients } from '../../clients/clients.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { requireDeletable, requireUnused } from '../lifecycle/number-steps.js';
import { phoneNumberFilterOf } from '../lists/phone-number-filter.js';
import { PhoneNumberPagesRepository } from '../lists/phone-number-pages.repository.js';
import { PhoneNumberRegistry, type Registration } from './phone-number-registry.js';
import { phoneNumberNotFound } from './phone-numbers.js';
import { type LockedPhoneNumber, type PhoneNumberFields, PhoneNumbersRepository } from './phone-numbers.repository.js';

export interface CreatePhoneNumber {
  phoneNumber: string;
  provider: PhoneNumberProvider;
  countryCode?: string | null;
  label?: string | null;
  region?: string | null;
  tags?: string[];
  monthlyCost?: string | null;
  currency?: string | null;
  capabilities?: { voice?: boolean; sms?: boolean };
  clientId?: string | null;
}

/** What to set, and the fixed fields of the record as far as they were sent. */
export interface UpdatePhoneNumber extends Omit<Partial<PhoneNumberFields>, 'capabilities'> {
  capabilities?: { voice?: boolean; sms?: boolean };
}

/** What a record carries beside what can be changed here. Status and times are left out: they move by themselves. */
const FIXED = ['id', 'phoneNumber', 'countryCode', 'numberType', 'inPool', 'agentId', 'createdAt'] as const;

@Injectable()
export class PhoneNumbersService {
  constructor(
    private readonly database: Database,
    private readonly repository: PhoneNumbersRepository,
    private readonly pages: PhoneNumberPagesRepository,
    private readonly registry: PhoneNumberRegistry,
    private readonly clients: Clients,
    private readonly audit: AuditLog,
  ) {}

  /** The organization's numbers, or the pool's. @throws ProblemError validation_failed for a wrong filter */
  list(context: RequestContext, query: ListQuery): Promise<Page<PhoneNumberView>> {
    const filter = phoneNumberFilterOf(query);
    return this.database.inTenant(context.organizationId, (tx) => this.pages.findPage(tx, context, filter, query));
  }

  /** @throws ProblemError record_not_found */
  get(context: RequestContext, id: string): Promise<PhoneNumberView> {
    return this.database.inTenant(context.organizationId, (tx) => this.view(tx, context, id));
  }

  /** Whether a number is one of the organization's or the pool's. @throws ProblemError validation_failed */
  async check(context: RequestContext, text: string): Promise<PhoneNumberCheckView> {
    const parsed = parsePhoneNumber(text);
    if (!parsed.ok) throw invalidField('phoneNumber', parsed.message);
    const { e164 } = parsed;
    const number = await this.database.inTenant(context.organizationId, (tx) =>
      this.repository.findOne(tx, context, { scope: 'visible', e164 }),
    );
    return {
      phoneNumber: e164,
      known: number !== null,
      status: number?.status ?? null,
      assigned: number?.assignmentId != null,
      agentId: number?.agentId ?? null,
    };
  }

  /**
   * Adds a number. One that the organization deleted before comes back as the same record.
   *
   * @throws ProblemError validation_failed, phone_number_exists
   */
  create(context: RequestContext, given: CreatePhoneNumber): Promise<PhoneNumberView> {
    const parsed = parsePhoneNumber(given.phoneNumber, given.countryCode);
    if (!parsed.ok) {
      throw invalidField(parsed.reason.startsWith('country') ? 'countryCode' : 'phoneNumber', parsed.message);
    }
    const { e164, countryCode, numberType } = parsed;
    const { phoneNumber: _, ...others } = given;
    const fields = { ...others, tags: given.tags && [...new Set(given.tags)] };
    return this.database.inTenant(context.organizationId, async (tx) => {
      const currency = await this.currencyFor(tx, context, given.monthlyCost, given.currency);
      const clientId = await this.clients.choose(tx, context, given.clientId ?? null);
      const number = { ...fields, clientId, e164, countryCode, numberType, currency };
      const registration = (await this.registry.register(tx, context, [number])).get(e164);
      if (registration?.outcome !== 'created' && registration?.outcome !== 'revived') throw taken(e164, registration);
      await this.audit.record(tx, context, {
        action: `phone_number.${registration.outcome}`,
        subjectType: 'phone_number',
        subjectId: registration.id,
        changes: fieldsSet({ ...fields, phoneNumber: e164, countryCode, numberType, currency }),
      });
      return this.view(tx, context, registration.id);
    });
  }

  /**
   * Merges the changes into the number.
   *
   * @throws ProblemError record_not_found, validation_failed when a fixed field differs, permission_denied in the pool
   */
  update(context: RequestContext, id: string, changes: UpdatePhoneNumber): Promise<PhoneNumberView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      const current = await this.lock(tx, context, id);
      refuseReadOnlyChanges(await this.view(tx, context, id), changes, FIXED);
      const next = await this.mergedFields(tx, context, current, changes);
      const changed = (Object.keys(next) as (keyof PhoneNumberFields)[]).filter((field) =>
        differs(field, current[field], next[field]),
      );
      if (changed.length > 0) {
        await this.repository.update(tx, context, id, Object.fromEntries(changed.map((field) => [field, next[field]])));
        await this.audit.record(tx, context, {
          action: 'phone_number.updated',
          subjectType: 'phone_number',
          subjectId: id,
          changes: Object.fromEntries(changed.map((field) => [field, { from: current[field], to: next[field] }])),
        });
      }
      return this.view(tx, context, id);
    });
  }

  /**
   * Deletes the number. Its row stays as `released`, for the assignments that it had.
   *
   * @returns the number as it was
   * @throws ProblemError record_not_found, phone_number_assigned, phone_number_connected, conflict (it came from the pool)
   */
  remove(context: RequestContext, id: string): Promise<PhoneNumberView> {
    return this.database.inTenant(context.organizationId, async (tx) => {
      await this.lock(tx, context, id);
      // Read after the lock: a transaction that assigns the number takes the same lock first.
      const number = await this.view(tx, context, id);
      requireUnused(number);
      requireDeletable(number);
      await this.repository.update(tx, context, id, { lifecycle: 'released' });
      await this.audit.record(tx, context, {
        action: 'phone_number.deleted',
        subjectType: 'phone_number',
        subjectId: id,
        changes: { lifecycle: { from: number.lifecycle, to: 'released' } },
        facts: { phoneNumber: number.phoneNumber },
      });
      return number;
    });
  }

  private async view(tx: Transaction, context: RequestContext, id: string): Promise<PhoneNumberView> {
    const number = await this.repository.findOne(tx, context, { scope: 'visible', ids: [id] });
    if (!number) throw phoneNumberNotFound();
    return number;
  }

  private async lock(tx: Transaction, context: RequestContext, id: string): Promise<LockedPhoneNumber> {
    const number = await this.repository.lockOwn(tx, context, id);
    if (number) return number;
    const { inPool } = await this.view(tx, context, id);
    if (!inPool) throw phoneNumberNotFound();
    throw new ProblemError(
      'permission_denied',
      'This number is in the pool. Claim it first, then it is yours to change.',
    );
  }

  private async mergedFields(
    tx: Transaction,
    context: RequestContext,
    current: LockedPhoneNumber,
    changes: UpdatePhoneNumber,
  ): Promise<Partial<PhoneNumberFields>> {
    const { label, region, tags, provider, lifecycle, monthlyCost, capabilities } = changes;
    if (lifecycle !== undefined && lifecycle !== current.lifecycle && !SETTABLE.includes(lifecycle)) {
      throw invalidField('lifecycle', 'must be active or inactive.');
    }
    const cost = monthlyCost === undefined ? current.monthlyCost : monthlyCost;
    if (changes.currency === null && cost !== null) {
      throw invalidField('currency', 'cannot be empty while there is a monthly cost.');
    }
    const given = changes.currency === undefined ? current.currency : changes.currency;
    const currency = await this.currencyFor(tx, context, cost, given);
    const clientId =
      changes.clientId !== undefined && changes.clientId !== current.clientId
        ? await this.clients.choose(tx, context, changes.clientId)
        : undefined;
    const next = {
      clientId,
      label,
      region,
      tags: tags && [...new Set(tags)],
      provider,
      lifecycle,
      monthlyCost,
      currency,
      capabilities: capabilities && { ...current.capabilities, ...capabilities },
    };
    return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
  }

  private async currencyFor(
    tx: Transaction,
    context: RequestContext,
    monthlyCost: string | null | undefined,
    currency: string | null | undefined,
  ): Promise<string | null> {
    if (currency != null) return currency;
    return monthlyCost == null ? null : this.repository.currencyOf(tx, context);
  }
}

const SETTABLE: readonly PhoneNumberLifecycle[] = ['active', 'inactive'];

function differs(field: keyof PhoneNumberFields, from: unknown, to: unknown): boolean {
  if (field === 'monthlyCost' && from != null && to != null) return Number(from) !== Number(to);
  if (field === 'capabilities') return !sameCapabilities(from, to);
  return JSON.stringify(from ?? null) !== JSON.stringify(to ?? null);
}

function sameCapabilities(from: unknown, to: unknown): boolean {
  const [a, b] = [from, to] as Record<string, unknown>[];
  return ['voice', 'sms'].every((name) => Boolean(a?.[name]) === Boolean(b?.[name]));
}

/** Says whose the number is only where the caller can see it anyway. */
function taken(e164: string, registration: Registration | undefined): ProblemError {
  const why = {
    own: 'is among your numbers already.',
    in_pool: 'is in the pool. Claim it there instead of adding it.',
    elsewhere: 'is registered already. If it is yours, ask the platform administrator for it.',
  };
  const outcome = registration?.outcome === 'own' || registration?.outcome === 'in_pool' ? registration.outcome : null;
  const message = why[outcome ?? 'elsewhere'];
  return new ProblemError('phone_number_exists', `${e164} ${message}`, { errors: { phoneNumber: message } });
}

function invalidField(field: string, message: string): ProblemError {
  return new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: message } });
}
