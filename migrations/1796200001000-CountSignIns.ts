import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Failed sign-ins, counted by account, address and pair of both for all processes together. The library
 * rate-limiter-flexible writes the rows, and the names and the order of the columns are its own.
 */
export class CountSignIns1796200001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table sign_in_counters (
        key text primary key,
        points integer not null,
        expire bigint not null
      );
      create index sign_in_counters_expiry on sign_in_counters (expire);
      comment on table sign_in_counters is 'What slows the guessing of passwords down (ADR 15).';
      comment on column sign_in_counters.key is 'What is counted, and for which account and address.';
      comment on column sign_in_counters.expire is 'When the count is over, in milliseconds since 1970.';
      alter table sign_in_counters enable row level security;
      alter table sign_in_counters force row level security;
      create policy every_organization on sign_in_counters for all to ringfence_system using (true) with check (true);
      grant select, insert, update, delete on sign_in_counters to ringfence_system;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table sign_in_counters');
  }
}
