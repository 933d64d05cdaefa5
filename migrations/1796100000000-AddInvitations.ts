import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './row-level-security.js';

/**
 * Invitations: a person becomes a member by accepting one, with a password that nobody else has chosen. An e-mail is
 * ASCII from now on, for outside of it one address has several spellings: `lower('İ')` is `i` in many locales.
 */
export class AddInvitations1796100000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table invitations (
        organization_id uuid not null references organizations,
        id uuid not null default uuidv7(),
        email text not null
          check (length(email) between 3 and 254 and octet_length(email) = length(email) and email = lower(email)),
        role text not null check (role in ('owner', 'admin', 'manager', 'agent')),
        client_ids uuid[] check (cardinality(client_ids) > 0),
        token_hash bytea not null unique check (length(token_hash) = 32),
        invited_by uuid not null references users,
        expires_at timestamptz not null,
        accepted_at timestamptz,
        accepted_by uuid references users,
        revoked_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (organization_id, id),
        constraint acceptance_is_whole check ((accepted_at is null) = (accepted_by is null)),
        constraint accepted_or_revoked check (accepted_at is null or revoked_at is null)
      );
      comment on column invitations.token_hash is 'SHA-256 of the token in the link; the token itself is not kept.';
      comment on column invitations.invited_by is
        'Who sent the link last. It is worth something only while they may still give the role.';
      create unique index invitations_open_email on invitations (organization_id, lower(email))
        where accepted_at is null and revoked_at is null;
      create trigger touch before update on invitations for each row execute function touch_updated_at();
    `);
    await protectTenantTable(queryRunner, 'invitations', {
      app: 'select, insert, update (token_hash, expires_at, invited_by, revoked_at)',
      system: 'select, update (accepted_at, accepted_by, revoked_at)',
    });
    await queryRunner.query(`
      -- Whether the clients that somebody is invited for are still there.
      create policy every_organization on clients for select to ringfence_system using (true);
      grant select (id, organization_id, archived_at) on clients to ringfence_system;

      alter table users add constraint users_email_is_ascii check (octet_length(email) = length(email));
      -- Flags of the whole platform are none of an organization's business.
      revoke select (platform_admin, disabled_at) on users from ringfence_app;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      grant select (platform_admin, disabled_at) on users to ringfence_app;
      alter table users drop constraint users_email_is_ascii;
      revoke select (id, organization_id, archived_at) on clients from ringfence_system;
      drop policy every_organization on clients;
      drop table invitations;
    `);
  }
}
