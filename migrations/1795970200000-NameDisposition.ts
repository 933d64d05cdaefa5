import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a call ended is its disposition, as call detail records name it. */
export class NameDisposition1795970200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await renameColumn(queryRunner, 'outcome', 'disposition');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await renameColumn(queryRunner, 'disposition', 'outcome');
  }
}

/** PostgreSQL renames no parameter of a function that exists: the function goes, and its file makes it anew. */
async function renameColumn(queryRunner: QueryRunner, from: string, to: string): Promise<void> {
  await queryRunner.query(`
    alter table call_authorizations rename column ${from} to ${to};
    alter table call_authorizations
      rename constraint call_authorizations_${from}_check to call_authorizations_${to}_check;
    drop function if exists complete_authorization(uuid, uuid, uuid, text, integer, smallint, text, numeric, text);
    delete from sql_functions where name = 'settlement/complete_authorization';
  `);
}
