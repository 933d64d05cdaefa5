import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uploads that delete or unassign the numbers of a file; and whether a number can call, on the row that the gate locks. */
export class FilesThatRemove1795970500000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table import_jobs
        add column operation text not null default 'register'
          constraint import_jobs_operation_check check (operation in ('register', 'delete', 'unassign')),
        add column deleted integer not null default 0,
        add column unassigned integer not null default 0;
      grant update (deleted, unassigned) on import_jobs to ringfence_app;

      alter table agent_phone_numbers add column number_can_call boolean;
      comment on column agent_phone_numbers.number_can_call is
        'Whether the number has the capability voice. A copy that triggers keep, as number_active is.';
      grant update (number_can_call) on agent_phone_numbers to ringfence_app;
    `);
    await queryRunner.query(`
      alter type assignment_facts add attribute number_can_call boolean;
      ${DROP_GATE_FACTS}
    `);
    await queryRunner.query(`
      alter table agent_phone_numbers no force row level security;
      alter table phone_numbers no force row level security;
      update agent_phone_numbers a set number_can_call = coalesce((n.capabilities ->> 'voice')::boolean, false)
      from phone_numbers n
      where a.ended_at is null and n.organization_id = a.organization_id and n.id = a.phone_number_id;
      alter table agent_phone_numbers force row level security;
      alter table phone_numbers force row level security;
    `);
    await queryRunner.query(`
      alter table agent_phone_numbers
        add constraint live_assignments_know_whether_they_can_call check (ended_at is not null or number_can_call is not null)
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ${DROP_GATE_FACTS}
      alter type assignment_facts drop attribute number_can_call;
      alter table agent_phone_numbers drop column number_can_call;
      alter table import_jobs drop column operation, drop column deleted, drop column unassigned;
    `);
  }
}

/** PostgreSQL adds no column to what a function answers by replacing it. With its hash, so that it is made anew. */
const DROP_GATE_FACTS = `
  drop function if exists gate_facts(timestamptz);
  delete from sql_functions where name = 'gate/gate_facts';
`;
