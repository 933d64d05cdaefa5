import { Injectable } from '@nestjs/common';
import type { AuditAction, AuditActorKind, SubjectOf } from '#contracts';
import type { Transaction } from '../../platform/database/database.js';
import { PLATFORM_ORGANIZATION, type RequestContext } from '../tenancy/tenancy.public.js';
import type { FieldChanges } from './field-changes.js';
import { RECORD_EVENT_OF_ACCOUNT } from './sql/record-event-of-account.sql.js';

/** Actions whose subject is a user. */
type UserAction = { [Action in AuditAction]: SubjectOf<Action> extends 'user' ? Action : never }[AuditAction];

/** What was done to which record: an event of the catalogue (`libs/contracts/src/events.ts`). */
export interface AuditEntry<Action extends AuditAction> {
  action: Action;
  subjectType: SubjectOf<Action>;
  subjectId: string | null;
  /** Other records whose history the event belongs to: the number of an assignment, the items of a bulk operation. */
  relatedIds?: readonly string[];
  /** What changed, field by field. Never a secret. */
  changes?: FieldChanges;
  /** What else is worth knowing and is no field of the record: a reason, an address, a count. Never a secret. */
  facts?: Record<string, unknown>;
}

interface AccountEvent<Action extends UserAction> {
  action: Action;
  userId: string | null;
  organizationId: string | null;
  facts: Record<string, unknown>;
  requestId: string;
}

/**
 * Leaves who did what, in the transaction that does it: either both are there or neither is. The event is linked into
 * the chain of its organization a moment later, by the process that runs `AuditChain`.
 */
@Injectable()
export class AuditLog {
  async record<Action extends AuditAction>(
    tx: Transaction,
    context: RequestContext,
    entry: AuditEntry<Action>,
  ): Promise<void> {
    const { organizationId, principal, requestId } = context;
    const id = principal.kind === 'user' ? principal.userId : principal.apiKeyId;
    const label = principal.kind === 'user' ? principal.email : principal.name;
    await write(tx, organizationId, { kind: principal.kind, id, label }, requestId, entry);
  }

  /**
   * What a job does for all organizations stands with the platform.
   *
   * @param label which job
   */
  async recordOfSystem<Action extends AuditAction>(
    tx: Transaction,
    label: string,
    entry: AuditEntry<Action>,
  ): Promise<void> {
    await write(tx, PLATFORM_ORGANIZATION, { kind: 'system', id: null, label }, null, entry);
  }

  /**
   * What the API does in an organization of its own accord.
   *
   * @param label which part of it
   */
  async recordOfApi<Action extends AuditAction>(
    tx: Transaction,
    organizationId: string,
    label: string,
    entry: AuditEntry<Action>,
  ): Promise<void> {
    await write(tx, organizationId, { kind: 'system', id: null, label }, null, entry);
  }

  /** Leaves what happened to an account before it had a session. Nothing is left without an account or an organization. */
  async recordOfAccount<Action extends UserAction>(tx: Transaction, event: AccountEvent<Action>): Promise<void> {
    const { userId, organizationId, action, facts, requestId } = event;
    await tx.query(RECORD_EVENT_OF_ACCOUNT, [userId, organizationId, action, JSON.stringify(facts), requestId]);
  }
}

interface Actor {
  kind: AuditActorKind;
  id: string | null;
  label: string;
}

async function write<Action extends AuditAction>(
  tx: Transaction,
  organizationId: string,
  actor: Actor,
  requestId: string | null,
  entry: AuditEntry<Action>,
): Promise<void> {
  await tx.query(
    `insert into audit_events
       (organization_id, actor_kind, actor_id, actor_label, action, subject_type, subject_id, related_ids, changes,
        request_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      organizationId,
      actor.kind,
      actor.id,
      actor.label,
      entry.action,
      entry.subjectType,
      entry.subjectId,
      entry.relatedIds ?? [],
      JSON.stringify({ ...entry.facts, ...entry.changes }),
      requestId,
    ],
  );
}
