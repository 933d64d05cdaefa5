import { Injectable } from '@nestjs/common';
import { type AuditChainView, type AuditEventView } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { idsOf, textOf, uuidOf } from '../../platform/http/lists/list-filter.js';
import type { ListQuery, Page } from '../../platform/http/lists/list-query.js';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { AuditChain } from '../audit/audit.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { AuditTrailRepository } from './audit-trail.repository.js';

/** One request checks no more: the command checks the whole chain. */
const CHECKED_AT_ONCE = 20_000;

/** What was done in an organization, for its admins to read. */
@Injectable()
export class AuditTrailService {
  constructor(
    private readonly database: Database,
    private readonly repository: AuditTrailRepository,
    private readonly chain: AuditChain,
  ) {}

  /** @throws ProblemError validation_failed for a wrong filter */
  list(context: RequestContext, query: ListQuery): Promise<Page<AuditEventView>> {
    const filter = {
      ids: idsOf(query),
      actorId: uuidOf(query, 'actorId'),
      actor: textOf(query, 'actor'),
      action: textOf(query, 'action'),
      recordType: textOf(query, 'recordType'),
      recordId: uuidOf(query, 'recordId'),
      field: textOf(query, 'field'),
      from: instantOf(query, 'from'),
      to: instantOf(query, 'to'),
    };
    return this.database.inTenant(context.organizationId, (tx) => this.repository.findPage(tx, context, filter, query));
  }

  /** @throws ProblemError record_not_found */
  async get(context: RequestContext, id: string): Promise<AuditEventView> {
    const alone = { offset: 0, limit: 1, sort: { field: 'id', direction: 'asc' } } as const;
    const { items } = await this.database.inTenant(context.organizationId, (tx) =>
      this.repository.findPage(tx, context, { ids: [id] }, alone),
    );
    if (items[0] === undefined) throw new ProblemError('record_not_found', 'There is no such audit event.');
    return items[0];
  }

  /** Computes the last part of the organization's chain anew. */
  verify(context: RequestContext): Promise<AuditChainView> {
    return this.chain.verifyLast(context.organizationId, CHECKED_AT_ONCE);
  }
}

/** @throws ProblemError validation_failed when it is no instant */
function instantOf(query: ListQuery, name: string): Date | undefined {
  const text = textOf(query, name);
  if (text === undefined) return undefined;
  const instant = new Date(text);
  const year = instant.getUTCFullYear();
  if (/^\d{4}-\d{2}-\d{2}T.+(Z|[+-]\d{2}:\d{2})$/.test(text) && year >= 1970 && year <= 9000) return instant;
  const message = 'must be a time with its zone, for example 2026-03-02T12:00:00Z';
  throw new ProblemError('validation_failed', `filter.${name}: ${message}`, {
    errors: { [`filter.${name}`]: message },
  });
}
