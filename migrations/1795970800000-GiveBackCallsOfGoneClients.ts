import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The API gives back a call that was allowed when its client had hung up, unless a retry of it was answered. */
export class GiveBackCallsOfGoneClients1795970800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table call_authorizations
        drop constraint call_authorizations_void_reason_check,
        add constraint call_authorizations_void_reason_check check (void_reason = any (array[
          'not_dialed', 'caller_abandoned', 'trunk_unavailable', 'duplicate_request', 'test_call', 'client_gone']));
      comment on column call_authorizations.settled_by is
        'User or API key that completed or voided it; null when the API gave it back (client_gone).';
      comment on column usage_daily.calls_voided is
        'Calls of the day that callers voided. They are taken off calls_allowed or off the counter of the assignment, as those are that the API gave back (client_gone), which are not counted here.';
      alter table idempotency_keys add column replayed_at timestamptz;
      comment on column idempotency_keys.replayed_at is
        'When a retry with the key was first answered: since then the API does not give its call back.';
      grant update (replayed_at) on idempotency_keys to ringfence_app;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop function if exists give_back_authorization(uuid, uuid, text, interval);
      delete from sql_functions where name = 'settlement/give_back_authorization';
      alter table idempotency_keys drop column replayed_at;
      alter table call_authorizations no force row level security;
      update call_authorizations set void_reason = 'not_dialed' where void_reason = 'client_gone';
      alter table call_authorizations force row level security;
      alter table call_authorizations
        drop constraint call_authorizations_void_reason_check,
        add constraint call_authorizations_void_reason_check check (void_reason = any (array[
          'not_dialed', 'caller_abandoned', 'trunk_unavailable', 'duplicate_request', 'test_call']));
      comment on column call_authorizations.settled_by is
        'User or API key that completed or voided it.';
      comment on column usage_daily.calls_voided is
        'Calls of the day that were voided. They are taken off calls_allowed or off the counter of the assignment.';
    `);
  }
}
