import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/database.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import type { FieldChanges } from './field-changes.js';

export interface AuditEntry {
  /** What was done, as `noun.verb`: `phone_number.created`. */
  action: string;
  subjectType: string;
  subjectId: string | null;
  /** Other records whose history the event belongs to: the number of an assignment, the items of a bulk operation. */
  relatedIds?: readonly string[];
  /** What changed, field by field. Never a secret. */
  changes?: FieldChanges;
  /** What else is worth knowing and is no field of the record: a reason, an address, a count. Never a secret. */
  facts?: Record<string, unknown>;
}

/**
 * Leaves who did what, in the transaction that does it: either both are there or neither is. The event is linked into
 * the chain of its organization a moment later, by the process that runs `AuditChain`.
 */
@Injectable()
export class AuditLog {
  async record(tx: Transaction, context: RequestContext, entry: AuditEntry): Promise<void> {
    const { principal } = context;
    await tx.query(
      `insert into audit_events
         (organization_id, actor_kind, actor_id, actor_label, action, subject_type, subject_id, related_ids, changes,
          request_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        context.organizationId,
        principal.kind,
        principal.kind === 'user' ? principal.userId : principal.apiKeyId,
        principal.kind === 'user' ? principal.email : principal.name,
        entry.action,
        entry.subjectType,
        entry.subjectId,
        entry.relatedIds ?? [],
        JSON.stringify({ ...entry.facts, ...entry.changes }),
        context.requestId,
      ],
    );
  }
}
