import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a check of the gate may look at: the facts of an assignment, as the decision holds them, and those of the call. A
 * check that needs another fact gets it by `alter type … add attribute` in a migration of its own.
 *
 * PostgreSQL does not rename the argument of a function by replacing it, so gate_authorize() is dropped and made anew from
 * its file, which calls an argument by another name now.
 */
export class AddGateCheckTypes1795970100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create type assignment_facts as (
        assignment_id uuid, organization_suspended boolean, agent_active boolean, number_active boolean, paused boolean,
        allowed_countries text[], allowed_number_types text[]);
      create type call_facts as (refusal text, country text, type text);
      comment on type assignment_facts is
        'What gate_checks() looks at of an assignment, its agent, its number and its organization. assignment_id is null when the call has none.';
      comment on type call_facts is
        'What gate_checks() looks at of a call: why the destination is refused for itself, its country and its type.';
    `);
    await queryRunner.query(DROP_GATE_AUTHORIZE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DROP_GATE_AUTHORIZE);
    await queryRunner.query(`
      drop type assignment_facts, call_facts cascade;
      delete from sql_functions where name = 'gate/gate_checks';
    `);
  }
}

/** With its hash, so that it is made anew whatever its file says. */
const DROP_GATE_AUTHORIZE = `
  drop function if exists gate_authorize(
    uuid[], uuid[], uuid[], text[], text[], text[], text[], text[], uuid[], text[], bytea[], interval, interval, boolean);
  delete from sql_functions where name = 'gate/gate_authorize';
`;
