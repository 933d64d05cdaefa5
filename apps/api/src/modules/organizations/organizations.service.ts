import { Injectable } from '@nestjs/common';
import type { OrganizationView } from '#contracts';
import { Database, type Transaction } from '../../platform/database/database.js';
import { databaseErrorOf, isUniqueViolation } from '../../platform/database/sqlstate.js';
import { idsOf, textOf } from '../../platform/http/lists/list-filter.js';
import type { ListQuery, Page } from '../../platform/http/lists/list-query.js';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { refuseReadOnlyChanges } from '../../platform/http/problems/read-only-fields.js';
import { AuditLog, type FieldChanges, fieldsSet } from '../audit/audit.public.js';
import { AccessChanges } from '../auth/auth.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { OrganizationRemovalListeners } from './organization-removal-listeners.js';
import { OrganizationsRepository, type OrganizationFields } from './organizations.repository.js';

export interface NewOrganization extends Partial<OrganizationFields> {
  slug: string;
  name: string;
  timeZone: string;
}

export interface OrganizationChanges extends Partial<OrganizationFields> {
  timeZone?: string;
  suspended?: boolean;
  /** Fixed fields of the record, as far as they were sent. */
  id?: string;
  kind?: string;
  slug?: string;
  createdAt?: string;
}

const FIXED = ['id', 'kind', 'slug', 'createdAt'] as const;
const EDITABLE = [
  'name',
  'currency',
  'defaultDailyLimit',
  'defaultAllowedCountries',
  'numbersPerAgent',
  'poolQuota',
] as const;
/** What an organization does not decide about itself. */
const OF_THE_PLATFORM = ['suspended', 'poolQuota'] as const;
/** "invalid parameter value": PostgreSQL does not know the zone. */
const INVALID_PARAMETER = '22023';

@Injectable()
export class OrganizationsService {
  constructor(
    private readonly database: Database,
    private readonly repository: OrganizationsRepository,
    private readonly listeners: OrganizationRemovalListeners,
    private readonly accessChanges: AccessChanges,
    private readonly audit: AuditLog,
  ) {}

  /** The organization that the caller works in. */
  current(context: RequestContext): Promise<OrganizationView> {
    const { organizationId } = context;
    return this.database.inTenant(organizationId, (tx) => this.view(tx, organizationId));
  }

  /**
   * Merges changes into the organization that the caller works in. A new time zone counts from the next midnight of the
   * old one on.
   *
   * @throws ProblemError validation_failed (a zone that is not known; a fixed field, the suspension or the quota that differs)
   */
  updateCurrent(context: RequestContext, changes: OrganizationChanges): Promise<OrganizationView> {
    const { organizationId } = context;
    return this.database.inTenant(organizationId, (tx) =>
      this.change(tx, context, organizationId, changes, [...FIXED, ...OF_THE_PLATFORM]),
    );
  }

  /** Every organization; for platform administrators. @throws ProblemError validation_failed for a wrong filter */
  list(_context: RequestContext, query: ListQuery): Promise<Page<OrganizationView>> {
    const filter = { ids: idsOf(query), q: textOf(query, 'q') };
    return this.database.asSystem((tx) => this.repository.findPage(tx, filter, query));
  }

  /** Any organization; for platform administrators. @throws ProblemError record_not_found */
  get(_context: RequestContext, id: string): Promise<OrganizationView> {
    return this.database.asSystem((tx) => this.view(tx, id));
  }

  /** For platform administrators. @throws ProblemError conflict (slug), validation_failed (zone, quota) */
  async create(context: RequestContext, organization: NewOrganization): Promise<OrganizationView> {
    try {
      return await this.database.asSystem(async (tx) => {
        await this.requireTimeZone(tx, organization.timeZone);
        if (organization.poolQuota === null) throw quotaMissing();
        const id = await this.repository.insert(tx, organization);
        await this.audit.record(tx, context, {
          action: 'organization.created',
          subjectType: 'organization',
          subjectId: id,
          changes: fieldsSet(organization),
        });
        return this.view(tx, id);
      });
    } catch (error) {
      if (!isUniqueViolation(error, 'organizations_slug_key')) throw error;
      const message = 'belongs to another organization; choose another slug';
      throw new ProblemError('conflict', `slug: ${message}.`, { errors: { slug: message } });
    }
  }

  /**
   * Merges changes into any organization; for platform administrators. A suspended organization is refused every call.
   *
   * @throws ProblemError record_not_found, conflict (the platform organization is never suspended and has no quota), agent_has_number, validation_failed
   */
  update(context: RequestContext, id: string, changes: OrganizationChanges): Promise<OrganizationView> {
    return this.database.asSystem((tx) => this.change(tx, context, id, changes, FIXED));
  }

  /**
   * Deletes an organization; for platform administrators. Its sessions and keys end, its own numbers are archived and those
   * of the pool go back there. The ledger and the audit trail remain.
   *
   * @returns the organization as it was
   * @throws ProblemError record_not_found, conflict (the platform organization)
   */
  async remove(context: RequestContext, id: string): Promise<OrganizationView> {
    const removed = await this.database.inTenant(id, async (tx) => {
      const organization = await this.repository.lock(tx, id);
      if (organization === null) throw organizationNotFound();
      if (organization.kind === 'platform') {
        throw new ProblemError('conflict', 'The platform organization owns the pool and cannot be deleted.');
      }
      const within = { ...context, organizationId: id };
      await this.repository.markDeleted(tx, id);
      const done = await this.listeners.notify(tx, within);
      const entry = { action: 'organization.deleted', subjectType: 'organization', subjectId: id } as const;
      await this.audit.record(tx, within, { ...entry, facts: { slug: organization.slug, ...done } });
      return organization;
    });
    this.accessChanges.forgetOrganization(id);
    return removed;
  }

  private async change(
    tx: Transaction,
    context: RequestContext,
    id: string,
    changes: OrganizationChanges,
    fixed: readonly (keyof OrganizationView)[],
  ): Promise<OrganizationView> {
    const before = await this.repository.lock(tx, id);
    if (before === null) throw organizationNotFound();
    refuseReadOnlyChanges(before, changes, fixed);
    await this.apply(tx, before, changes);
    const after = await this.view(tx, id);
    const changed = differences(before, after);
    if (Object.keys(changed).length > 0) {
      const entry = {
        action: 'organization.updated',
        subjectType: 'organization',
        subjectId: id,
        changes: changed,
      } as const;
      await this.audit.record(tx, context, entry);
      // Its own admins have to see as well what the platform changed.
      if (id !== context.organizationId) await this.audit.record(tx, { ...context, organizationId: id }, entry);
    }
    return after;
  }

  private async apply(tx: Transaction, before: OrganizationView, changes: OrganizationChanges): Promise<void> {
    const { id } = before;
    const { timeZone, suspended } = changes;
    const fields = Object.fromEntries(
      EDITABLE.filter((field) => changes[field] !== undefined && !same(changes[field], before[field])).map((field) => [
        field,
        changes[field],
      ]),
    );
    if ('poolQuota' in fields) requireQuotaOfTenant(before, changes.poolQuota);
    if (fields['numbersPerAgent'] === 'one') await this.requireOneNumberEach(tx, id);
    if (Object.keys(fields).length > 0) await this.repository.update(tx, id, fields);
    if (timeZone !== undefined && timeZone !== before.timeZone) {
      await this.requireTimeZone(tx, timeZone);
      await this.repository.changeTimeZone(tx, id, timeZone);
    }
    if (suspended !== undefined && suspended !== before.suspended) {
      if (before.kind === 'platform') {
        throw new ProblemError('conflict', 'The platform organization cannot be suspended.');
      }
      await this.repository.setSuspended(tx, id, suspended);
    }
  }

  private async requireOneNumberEach(tx: Transaction, id: string): Promise<void> {
    const names = await this.repository.agentsWithSeveralNumbers(tx, id);
    if (names.length === 0) return;
    const shown = names.slice(0, 3).map((name) => `'${name}'`);
    const detail = `These agents have several numbers: ${shown.join(', ')}${names.length > 3 ? ' and others' : ''}. Unassign and disconnect all but one of each first.`;
    throw new ProblemError('agent_has_number', detail, { errors: { numbersPerAgent: detail } });
  }

  /** The server knows the zone (the DTO asked); the database, which decides by it, has to know it as well. */
  private async requireTimeZone(tx: Transaction, timeZone: string): Promise<void> {
    try {
      await this.repository.tryTimeZone(tx, timeZone);
    } catch (error) {
      if (databaseErrorOf(error)?.sqlState !== INVALID_PARAMETER) throw error;
      const message = 'is not known to the database; choose another zone of the IANA list';
      throw new ProblemError('validation_failed', `timeZone: ${message}`, { errors: { timeZone: message } });
    }
  }

  private async view(tx: Transaction, id: string): Promise<OrganizationView> {
    const organization = await this.repository.findOne(tx, id);
    if (organization === null) throw organizationNotFound();
    return organization;
  }
}

/** The pool is the platform organization's own: it has no quota of it, and every other one has. */
function requireQuotaOfTenant({ kind }: OrganizationView, quota: number | null | undefined): void {
  if (kind === 'platform') {
    throw new ProblemError('conflict', 'The platform organization owns the pool and has no quota of it.');
  }
  if (quota === null) throw quotaMissing();
}

function quotaMissing(): ProblemError {
  const message = 'must be a number: every organization but the platform has a quota';
  return new ProblemError('validation_failed', `poolQuota: ${message}`, { errors: { poolQuota: message } });
}

function differences(before: OrganizationView, after: OrganizationView): FieldChanges {
  const fields = [...EDITABLE, 'timeZone', 'timeZoneEffectiveAt', 'suspended'] as const;
  return Object.fromEntries(
    fields
      .filter((field) => !same(before[field], after[field]))
      .map((field) => [field, { from: before[field], to: after[field] }]),
  );
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function organizationNotFound(): ProblemError {
  return new ProblemError('record_not_found', 'There is no such organization.');
}
