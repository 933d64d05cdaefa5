import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a later report changes on a completed call is kept (ADR 29), in days that come and go with those of the ledger. A
 * correction is written once: no role of the API may change or delete one.
 */
export class KeepCorrections1795971000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table call_authorizations add column correction_count smallint not null default 0;
      comment on column call_authorizations.correction_count is
        'How often a later report changed the completed call; what it changed is in settlement_corrections.';
      grant update (correction_count) on call_authorizations to ringfence_app;

      create table settlement_corrections (
        organization_id uuid not null,
        authorization_id uuid not null,
        sequence smallint not null,
        corrected_at timestamptz not null,
        corrected_by uuid not null,
        corrected_by_kind text not null check (corrected_by_kind in ('user', 'api_key')),
        corrected_by_label text not null,
        changes jsonb not null check (jsonb_typeof(changes) = 'object' and changes <> '{}'),
        primary key (organization_id, authorization_id, sequence)
      ) partition by range (authorization_id);
      comment on table settlement_corrections is
        'What later reports changed on completed calls, each report in a row, numbered from 1 for each call. It is partitioned as the ledger is.';
      comment on column settlement_corrections.corrected_by is 'User or API key.';
      comment on column settlement_corrections.corrected_by_label is
        'The e-mail of the user or the name of the key at that time.';
      comment on column settlement_corrections.changes is
        'By the field, as the API names it, what it was and what it became: {"durationSeconds": {"from": 61, "to": 62}}.';
      create table ledger.unplaced_corrections (like settlement_corrections including all excluding comments);
      alter table ledger.unplaced_corrections enable row level security, force row level security;
      alter table settlement_corrections attach partition ledger.unplaced_corrections default;
      comment on table ledger.unplaced_corrections is
        'Corrections of calls of which the day has no partition. A job moves them to their day.';
      ${DAYS_OF_THE_LEDGER}
      alter table settlement_corrections enable row level security, force row level security;
      create policy kept_in_days on settlement_corrections for all to ringfence_definer
        using (true)
        with check (true);
      create policy kept_in_days on ledger.unplaced_corrections for all to ringfence_definer
        using (true)
        with check (true);
      create policy own_organization on settlement_corrections for all to ringfence_app
        using (organization_id = any ((select nullif(current_setting('ringfence.organization_ids', true), '')::uuid[])::uuid[]))
        with check (organization_id = any ((select nullif(current_setting('ringfence.organization_ids', true), '')::uuid[])::uuid[]));
      grant select, insert on settlement_corrections to ringfence_app;
      grant create on schema public to ringfence_definer;
      alter table settlement_corrections owner to ringfence_definer;
      alter table ledger.unplaced_corrections owner to ringfence_definer;
      revoke create on schema public from ringfence_definer;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop function if exists correct_completion(
        call_authorizations, uuid, text, text, text, integer, smallint, text, numeric, text);
      delete from sql_functions where name = 'settlement/correct_completion';
      drop table settlement_corrections;
      alter table call_authorizations drop column correction_count;
    `);
  }
}

const DAYS_OF_THE_LEDGER = `
  do $$
  declare
    v_day record;
    v_name text;
  begin
    for v_day in
      select c.relname, pg_get_expr(c.relpartbound, c.oid) as bounds
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'call_authorizations'::regclass and c.relname ~ '^day_'
    loop
      v_name := replace(v_day.relname, 'day_', 'corrections_');
      execute format('create table ledger.%I (like settlement_corrections including all excluding comments)', v_name);
      execute format('alter table ledger.%I enable row level security, force row level security', v_name);
      execute format('alter table ledger.%I owner to ringfence_definer', v_name);
      execute format('alter table settlement_corrections attach partition ledger.%I %s', v_name, v_day.bounds);
    end loop;
  end
  $$;`;
