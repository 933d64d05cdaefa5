import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How an upload's numbers without a plus are read: as their country says, or as E.164 that lost it. */
export class NumberFormatOfUploads1795970600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table import_jobs
        add column number_format text not null default 'any',
        add constraint import_jobs_number_format_check check (number_format = any (array['any', 'e164_without_plus']));
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table import_jobs drop column number_format');
  }
}
