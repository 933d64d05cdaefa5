import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../platform/database/database.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';

export interface AuditEntry {
  /** What was done, as `noun.verb`: `phone_number.created`. */
  action: string;
  subjectType: string;
  subjectId: string | null;
  /** Field by field what changed, or what the change was about. Never a secret. */
  changes?: Record<string, unknown>;
}

/** Leaves who did what, in the transaction that does it: either both are there or neither is. */
@Injectable()
export class AuditLog {
  async record(tx: Transaction, context: RequestContext, entry: AuditEntry): Promise<void> {
    const { principal } = context;
    await tx.query(
      `insert into audit_events
         (organization_id, actor_kind, actor_id, actor_label, action, subject_type, subject_id, changes, request_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        context.organizationId,
        principal.kind,
        principal.kind === 'user' ? principal.userId : principal.apiKeyId,
        principal.kind === 'user' ? principal.email : principal.name,
        entry.action,
        entry.subjectType,
        entry.subjectId,
        JSON.stringify(entry.changes ?? {}),
        context.requestId,
      ],
    );
  }
}
