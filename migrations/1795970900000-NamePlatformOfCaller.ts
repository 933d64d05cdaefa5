import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The gate answers the platform link of the number to call from, by the row that it locks, and a retry by the ledger. And it finds
 * agents by their external id, by an index that does not begin with the organization: without statistics all those are alike to
 * the planner (ADR 8).
 */
export class NamePlatformOfCaller1795970900000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ${DROP_CHANGED_FUNCTIONS}
      alter table agent_phone_numbers add column platform text, add column platform_number_id text;
      comment on column agent_phone_numbers.platform is
        'The voice platform of the number, with its id there (platform_number_id). Copies that triggers keep, as provider is.';
      grant update (platform, platform_number_id) on agent_phone_numbers to ringfence_app;
      create index agents_of_external_id on agents (external_id) where deleted_at is null;
      alter table call_authorizations add column platform text, add column platform_number_id text;
      comment on column call_authorizations.platform is
        'The voice platform of the number at the decision, with its id there (platform_number_id).';
    `);
    await queryRunner.query(`
      alter table agent_phone_numbers no force row level security;
      alter table phone_numbers no force row level security;
      update agent_phone_numbers a set platform = n.platform, platform_number_id = n.platform_id
      from phone_numbers n
      where a.ended_at is null and n.organization_id = a.organization_id and n.id = a.phone_number_id
        and n.platform_id is not null;
      alter table agent_phone_numbers force row level security;
      alter table phone_numbers force row level security;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ${DROP_CHANGED_FUNCTIONS}
      drop function if exists gate_callers(uuid[], uuid[], text[], boolean);
      delete from sql_functions where name = 'gate/gate_callers';
      drop index agents_of_external_id;
      alter table call_authorizations drop column platform, drop column platform_number_id;
      alter table agent_phone_numbers drop column platform, drop column platform_number_id;
    `);
  }
}

/**
 * PostgreSQL adds no column to what a function answers by replacing it, and an argument more makes an overload. With their
 * hashes, so that both are made anew.
 */
const DROP_CHANGED_FUNCTIONS = `
  drop function if exists gate_authorize(
    uuid[], uuid[], uuid[], text[], text[], text[], text[], text[], uuid[], text[], bytea[], interval, interval, boolean);
  drop function if exists gate_authorize(
    uuid[], uuid[], uuid[], text[], text[], text[], text[], text[], uuid[], text[], bytea[], interval, interval, boolean,
    text[]);
  drop function if exists gate_replays(uuid[], text[], text[], text[], text[], text[], bytea[], uuid[], boolean[]);
  delete from sql_functions where name in ('gate/gate_authorize', 'gate/gate_replays');
`;
