import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A record's timeline asks by its id alone, for ids are unique among all types of records. */
export class FindAuditEventsByRecord1795400003001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create index audit_events_record on audit_events (organization_id, subject_id, id);
      drop index audit_events_subject;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create index audit_events_subject on audit_events (organization_id, subject_type, subject_id, id);
      drop index audit_events_record;
    `);
  }
}
