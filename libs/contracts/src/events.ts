import type { BulkOperation } from './resources.js';

/** Kinds of records that events are about. */
export const eventSubjects = [
  'phone_number',
  'agent_assignment',
  'agent',
  'client',
  'import_job',
  'user',
  'invitation',
  'api_key',
  'organization',
  'authorization',
  'ledger_day',
] as const;
export type EventSubject = (typeof eventSubjects)[number];

interface AuditEventType {
  subjects: readonly EventSubject[];
  /** What has happened, as a sentence. */
  description: string;
}

function bulk(what: string) {
  return { subjects: ['phone_number'] as const, description: `${what} in one request; the items are listed.` };
}

const bulkEvents = {
  'phone_number.bulk_tag': bulk('Tags were added to numbers'),
  'phone_number.bulk_untag': bulk('Tags were taken off numbers'),
  'phone_number.bulk_activate': bulk('Numbers were activated'),
  'phone_number.bulk_deactivate': bulk('Numbers were deactivated'),
  'phone_number.bulk_assign': bulk('Numbers were assigned to an agent'),
  'phone_number.bulk_unassign': bulk('Numbers were taken from their agents'),
  'phone_number.bulk_distribute': bulk('Numbers were distributed among agents'),
  'phone_number.bulk_claim': bulk('Numbers were claimed from the pool'),
  'phone_number.bulk_release': bulk('Numbers were put back into the pool'),
  'phone_number.bulk_delete': bulk('Numbers were deleted'),
} as const satisfies Record<`phone_number.bulk_${BulkOperation}`, AuditEventType>;

/** Every event of the audit log, as `noun.verb`. An event that is not listed cannot be written. */
export const auditEvents = {
  'agent.created': { subjects: ['agent'], description: 'An agent was added.' },
  'agent.updated': { subjects: ['agent'], description: 'An agent was changed.' },
  'agent.deleted': { subjects: ['agent'], description: 'An agent was deleted; its assignments ended.' },
  'agent_assignment.created': { subjects: ['agent_assignment'], description: 'A number was assigned to an agent.' },
  'agent_assignment.updated': {
    subjects: ['agent_assignment'],
    description: 'The limit, the countries, the number types or the pause of an assignment was changed.',
  },
  'agent_assignment.ended': { subjects: ['agent_assignment'], description: 'A number was taken from its agent.' },
  'api_key.created': { subjects: ['api_key'], description: 'An API key was made.' },
  'api_key.renamed': { subjects: ['api_key'], description: 'An API key got another name.' },
  'api_key.revoked': { subjects: ['api_key'], description: 'An API key was revoked.' },
  'authorization.completed': {
    subjects: ['authorization'],
    description: 'The dialer reported what became of an allowed call.',
  },
  'authorization.corrected': {
    subjects: ['authorization'],
    description: 'A later report changed the duration or the price of a completed call, or added what it lacked.',
  },
  'authorization.voided': { subjects: ['authorization'], description: 'An allowed call was given back.' },
  'client.created': { subjects: ['client'], description: 'A client was added.' },
  'client.updated': { subjects: ['client'], description: 'A client got another name.' },
  'client.deleted': { subjects: ['client'], description: 'A client was deleted; its numbers went with it.' },
  'import.canceled': { subjects: ['import_job'], description: 'An upload was called off.' },
  'import.undone': { subjects: ['import_job'], description: 'Everything that an upload did was taken back.' },
  'invitation.created': { subjects: ['invitation'], description: 'A person was invited.' },
  'invitation.resent': { subjects: ['invitation'], description: 'An invitation got a new link.' },
  'invitation.revoked': { subjects: ['invitation'], description: 'An invitation was withdrawn.' },
  'invitation.accepted': { subjects: ['invitation'], description: 'A person accepted an invitation.' },
  'ledger_day.dropped': {
    subjects: ['ledger_day'],
    description: 'A day of the ledger was dropped, being older than LEDGER_RETENTION_DAYS.',
  },
  'organization.created': { subjects: ['organization'], description: 'An organization was added.' },
  'organization.updated': { subjects: ['organization'], description: 'Settings of an organization were changed.' },
  'organization.deleted': { subjects: ['organization'], description: 'An organization was deleted.' },
  'phone_number.created': { subjects: ['phone_number'], description: 'A number was added.' },
  'phone_number.revived': {
    subjects: ['phone_number'],
    description: 'A number that had been deleted was added again.',
  },
  'phone_number.updated': { subjects: ['phone_number'], description: 'A number was changed.' },
  'phone_number.deleted': { subjects: ['phone_number'], description: 'A number was deleted.' },
  'phone_number.claimed': { subjects: ['phone_number'], description: 'A number was claimed from the pool.' },
  'phone_number.released': { subjects: ['phone_number'], description: 'A number was put back into the pool.' },
  'phone_number.reserved': { subjects: ['phone_number'], description: 'A number of the pool was reserved.' },
  'phone_number.unreserved': { subjects: ['phone_number'], description: 'The reservation of a number was ended.' },
  'phone_number.connected': { subjects: ['phone_number'], description: 'An agent answers the calls to a number.' },
  'phone_number.disconnected': {
    subjects: ['phone_number'],
    description: 'No agent answers the calls to a number any more.',
  },
  ...bulkEvents,
  'phone_numbers.deleted_by_file': { subjects: ['import_job'], description: 'The numbers of a file were deleted.' },
  'phone_numbers.unassigned_by_file': {
    subjects: ['import_job'],
    description: 'The numbers of a file were taken from their agents.',
  },
  'phone_numbers.uploaded': { subjects: ['import_job'], description: 'The rows of an upload were taken.' },
  'session.started': { subjects: ['user'], description: 'A person signed in.' },
  'session.ended': { subjects: ['user'], description: 'A person signed out.' },
  'session.refused': { subjects: ['user'], description: 'A sign-in was refused: wrong password or disabled account.' },
  'session.reuse_detected': {
    subjects: ['user'],
    description: 'A refresh token came back that had been replaced: it was copied, and the session ended.',
  },
  'usage.reset': {
    subjects: ['organization', 'agent'],
    description: 'Today’s counters were set back by hand, of all agents or of one.',
  },
  'user.created': { subjects: ['user'], description: 'The command create-admin made the owner of an organization.' },
  'user.renamed': { subjects: ['user'], description: 'A person changed the own name.' },
  'user.password_changed': { subjects: ['user'], description: 'A person changed the own password.' },
  'user.updated': { subjects: ['user'], description: 'The role or the clients of a member were changed.' },
  'user.removed': { subjects: ['user'], description: 'A member was removed from the organization.' },
} as const satisfies Record<string, AuditEventType>;

export type AuditAction = keyof typeof auditEvents;
/** The kinds of records that an event may be about. */
export type SubjectOf<Action extends AuditAction> = (typeof auditEvents)[Action]['subjects'][number];

export const auditActions = Object.keys(auditEvents).sort() as AuditAction[];

/** What an outbox event tells besides its subject, by field. */
interface OutboxPayloads {
  'import.received': Record<string, never>;
}

/** Every event that transactions leave in the outbox, to have effects outside of them. */
export const outboxEvents = {
  'import.received': {
    subject: 'import_job',
    description: 'An uploaded file has arrived as a whole. The organization gets its turn in the queue of imports.',
  },
} as const satisfies Record<keyof OutboxPayloads, { subject: EventSubject; description: string }>;

export type OutboxEventType = keyof typeof outboxEvents;
export type OutboxPayload<Type extends OutboxEventType> = OutboxPayloads[Type];
