/** One field that an audit event changed; null where there was, or is, nothing. */
export interface AuditFieldChange {
  field: string;
  from: unknown;
  to: unknown;
}

export const auditActorKinds = ['user', 'api_key', 'system'] as const;
export type AuditActorKind = (typeof auditActorKinds)[number];

export interface AuditEventView {
  id: string;
  occurredAt: string;
  actorKind: AuditActorKind;
  actorId: string | null;
  /** The e-mail of the user or the name of the key, as it was then. */
  actor: string;
  /** One of `auditActions`, or one that a later version writes. */
  action: string;
  recordType: string;
  recordId: string | null;
  /** What people call the record now; null when it has no name or is gone. */
  recordName: string | null;
  /** Where the record is found now: its own id, for an assignment that of its agent. Null when it is gone. */
  recordPageId: string | null;
  changes: AuditFieldChange[];
  /** What is no field of the record: a reason, an address, a count. */
  facts: Record<string, unknown>;
  requestId: string | null;
  /** Its place in the chain of the organization; null until it is linked, which takes a second. */
  sequence: number | null;
  /** SHA-256 in hexadecimal, of the event and of the link before it. */
  hash: string | null;
}

export const auditChainBreakKinds = ['missing', 'changed', 'unlinked', 'rewritten', 'head'] as const;

export interface AuditChainBreak {
  kind: (typeof auditChainBreakKinds)[number];
  sequence: number;
  eventId: string | null;
  detail: string;
}

export interface AuditChainView {
  organizationId: string;
  intact: boolean;
  /** The first event that was checked. */
  checkedFrom: number;
  /** The last event that was found right: the head, when the chain is intact. */
  sequence: number;
  /** Its hash, to be kept elsewhere as an anchor. */
  hash: string;
  /** Events that have just been written and wait for their link. */
  unlinked: number;
  /** The first link that is broken. */
  broken: AuditChainBreak | null;
}
