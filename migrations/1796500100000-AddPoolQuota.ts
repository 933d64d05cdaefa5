import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many numbers of the pool an organization may hold. One that holds more already keeps them, and takes none until
 * it holds fewer. Only the system role may change it, for platform administrators: an organization's own settings are
 * granted column by column.
 */
export class AddPoolQuota1796500100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table organizations add column pool_quota integer default 100;
      comment on column organizations.pool_quota is
        'How many numbers of the pool the organization may hold, claimed or reserved. NULL for the platform organization.';
      alter table organizations no force row level security;
      update organizations set pool_quota = null where kind = 'platform';
      alter table organizations force row level security;
      alter table organizations
        add constraint pool_quota_is_of_tenants check ((pool_quota is null) = (kind = 'platform')),
        add constraint organizations_pool_quota_check check (pool_quota between 0 and 1000000);
      create index phone_numbers_from_pool on phone_numbers (organization_id)
        where claimed_from is not null and lifecycle <> 'released';

      revoke update on organizations from ringfence_app;
      grant update (name, time_zone, previous_time_zone, time_zone_effective_at, currency, default_daily_limit,
        default_allowed_countries, numbers_per_agent, suspended_at, deleted_at, updated_at) on organizations to ringfence_app;
      grant update (pool_quota) on organizations to ringfence_system;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      revoke update (name, time_zone, previous_time_zone, time_zone_effective_at, currency, default_daily_limit,
        default_allowed_countries, numbers_per_agent, suspended_at, deleted_at, updated_at) on organizations from ringfence_app;
      grant update on organizations to ringfence_app;
      drop index phone_numbers_from_pool;
      alter table organizations drop constraint pool_quota_is_of_tenants, drop column pool_quota;
    `);
  }
}
