import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A dry run takes back each chunk of rows, and the next chunk must still know which agents would have a number by then,
 * where the organization gives each of them one.
 */
export class RehearseImports1795400005000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table import_changes
        drop constraint import_changes_kind_check,
        add constraint import_changes_kind_check check (kind in ('number', 'assignment', 'agent'));
      comment on column import_changes.kind is
        'What record it is. ''agent'' stands in dry runs alone: the agent would have a number by then.';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table import_changes no force row level security;
      delete from import_changes where kind = 'agent';
      alter table import_changes force row level security;
      alter table import_changes
        drop constraint import_changes_kind_check,
        add constraint import_changes_kind_check check (kind in ('number', 'assignment'));
      comment on column import_changes.kind is null;
    `);
  }
}
