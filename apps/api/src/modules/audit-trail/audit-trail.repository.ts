import { Injectable } from '@nestjs/common';
import type { AuditEventView } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import type { ListQuery, Page } from '../../platform/http/lists/list-query.js';
import { isFieldChange } from '../audit/audit.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { AUDIT_EVENTS, type AuditEventRow, COUNT_AUDIT_EVENTS } from './sql/audit-events.sql.js';

export interface AuditFilter {
  ids?: string[];
  actorId?: string;
  actor?: string;
  action?: string;
  recordType?: string;
  recordId?: string;
  field?: string;
  from?: Date;
  to?: Date;
}

const COUNTED = 10_000;
const DAY_MS = 86_400_000;

@Injectable()
export class AuditTrailRepository {
  async findPage(
    tx: Transaction,
    { organizationId }: RequestContext,
    filter: AuditFilter,
    { sort, limit, offset }: Pick<ListQuery, 'offset' | 'limit' | 'sort'>,
  ): Promise<Page<AuditEventView>> {
    const { ids, actorId, actor, action, recordType, recordId, field, from, to } = filter;
    const bounds = [from && firstIdAt(from.getTime()), to && firstIdAt(to.getTime() + DAY_MS)];
    const given = [organizationId, ids, actorId, actor, action, recordType, recordId, field, from, to, ...bounds];
    const parameters = given.map((value) => value ?? null);
    const [count] = await tx.query<{ total: number }>(COUNT_AUDIT_EVENTS, [...parameters, COUNTED]);
    const rows = await tx.query<AuditEventRow>(AUDIT_EVENTS(sort.direction), [...parameters, limit, offset]);
    // A page behind the counted ones shows that there are more.
    return { items: rows.map(toView), total: Math.max(count!.total, rows.length > 0 ? offset + rows.length : 0) };
  }
}

/** The lowest UUIDv7 of a millisecond. */
function firstIdAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function toView({ changes, occurredAt, sequence, ...row }: AuditEventRow): AuditEventView {
  const entries = Object.entries(changes);
  return {
    ...row,
    occurredAt: occurredAt.toISOString(),
    changes: entries.flatMap(([field, value]) => (isFieldChange(value) ? [{ field, ...value }] : [])),
    facts: Object.fromEntries(entries.filter(([, value]) => !isFieldChange(value))),
    sequence: sequence === null ? null : Number(sequence),
  };
}
