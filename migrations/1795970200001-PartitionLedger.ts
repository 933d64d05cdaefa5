import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The ledger gets a partition for each day, by UTC, so that days of the past are dropped as a whole (ADR 21). The partitions
 * lie in a schema that no role of the API may use: they are reached through the ledger, under its policies. Ledger and
 * partitions belong to ringfence_definer, whose functions make and drop days.
 */
export class PartitionLedger1795970200001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await setAside(queryRunner);
    await queryRunner.query(`
      create table call_authorizations (like earlier_ledger including all excluding indexes) partition by range (id);
      alter table call_authorizations add constraint call_authorizations_pkey primary key (organization_id, id);
      create schema ledger authorization ringfence_definer;
      create table ledger.unplaced (like call_authorizations including all excluding comments);
      alter table ledger.unplaced enable row level security, force row level security;
      alter table call_authorizations attach partition ledger.unplaced default;
      comment on table ledger.unplaced is
        'Calls of which the day has no partition: what keeps the gate going when one is missing. A job moves them to their day.';
    `);
    await queryRunner.query(DAYS_OF_EARLIER_CALLS);
    await takeOver(queryRunner);
    await queryRunner.query(`
      create policy kept_in_days on call_authorizations for all to ringfence_definer using (true) with check (true);
      create policy kept_in_days on ledger.unplaced for all to ringfence_definer using (true) with check (true);
      grant create on schema public to ringfence_definer;
      alter table call_authorizations owner to ringfence_definer;
      alter table ledger.unplaced owner to ringfence_definer;
      revoke create on schema public from ringfence_definer;
      grant select (id, last_rollup_date) on organizations to ringfence_definer;
      create policy rolled_up_days on organizations for select to ringfence_definer using (true);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop policy rolled_up_days on organizations;
      revoke select (id, last_rollup_date) on organizations from ringfence_definer;
    `);
    await setAside(queryRunner);
    await queryRunner.query('create table call_authorizations (like earlier_ledger including all)');
    await takeOver(queryRunner);
    await queryRunner.query('drop schema ledger');
  }
}

/** Forced row-level security binds the owner as well, who would copy an empty ledger. */
async function setAside(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    lock table call_authorizations in access exclusive mode;
    alter table call_authorizations no force row level security;
    alter table call_authorizations rename to earlier_ledger;
    alter table earlier_ledger rename constraint call_authorizations_pkey to earlier_ledger_pkey;
  `);
}

/** Ids that claim to be of no plausible day stay in the default partition. */
const DAYS_OF_EARLIER_CALLS = `
  do $$
  declare
    v_day date;
    v_name text;
  begin
    for v_day in
      select distinct (to_timestamp(('x' || left(translate(l.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
        at time zone 'UTC')::date as day
      from earlier_ledger l
    loop
      continue when v_day < date '2020-01-01' or v_day > (clock_timestamp() at time zone 'UTC')::date;
      v_name := 'day_' || to_char(v_day, 'YYYY_MM_DD');
      execute format('create table ledger.%I (like call_authorizations including all excluding comments)', v_name);
      execute format('alter table ledger.%I enable row level security, force row level security', v_name);
      execute format('alter table ledger.%I owner to ringfence_definer', v_name);
      execute format('alter table call_authorizations attach partition ledger.%I for values from (%L) to (%L)', v_name,
        (lpad(to_hex((extract(epoch from v_day::timestamp) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid,
        (lpad(to_hex((extract(epoch from (v_day + 1)::timestamp) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid);
    end loop;
  end
  $$`;

/** Copies the calls and checks that all came along; then the new ledger gets the policies and rights of the old one. */
async function takeOver(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    do $$
    declare
      v_copied bigint;
    begin
      insert into call_authorizations select * from earlier_ledger;
      get diagnostics v_copied = row_count;
      if v_copied <> (select count(*) from earlier_ledger) then
        raise exception 'The ledger was not copied whole: % calls came along. Nothing was changed.', v_copied;
      end if;
    end
    $$;
    drop table earlier_ledger;
    comment on table call_authorizations is
      'The append-only ledger of decisions. Ids are UUIDv7 of the database clock: the primary key is also the time line.';
    alter table call_authorizations enable row level security, force row level security;
    create policy every_organization on call_authorizations for all to ringfence_system
      using (true)
      with check (true);
    create policy own_organization on call_authorizations for all to ringfence_app
      using (organization_id = any ((select nullif(current_setting('ringfence.organization_ids', true), '')::uuid[])::uuid[]))
      with check (organization_id = any ((select nullif(current_setting('ringfence.organization_ids', true), '')::uuid[])::uuid[]));
    grant insert, select, update (
      cost, currency, disposition, duration_seconds, external_call_id, settled_at, settled_by, sip_code, status, void_reason)
      on call_authorizations to ringfence_app;
    grant select on call_authorizations to ringfence_system;
  `);
}
