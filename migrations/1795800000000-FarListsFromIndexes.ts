import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Paused assignments stand by their agents, so that a list of them by agents does not look at each that is not paused. And
 * the index of the default list of numbers has their tags: a page far down a common tag is read from it alone.
 *
 * No call writes to the columns of either (docs/adr/0011-lists-and-totals.md).
 */
export class FarListsFromIndexes1795800000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create index paused_assignments_of_agent on agent_phone_numbers (organization_id, agent_id, phone_number_id)
        where ended_at is null and paused_at is not null;
      drop index phone_numbers_listed;
      create index phone_numbers_listed on phone_numbers (organization_id, id) include (tags)
        where lifecycle <> 'released';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop index phone_numbers_listed;
      create index phone_numbers_listed on phone_numbers (organization_id, id) where lifecycle <> 'released';
      drop index paused_assignments_of_agent;
    `);
  }
}
