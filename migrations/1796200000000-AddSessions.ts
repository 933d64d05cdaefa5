import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A session is a row of its own, and every refresh token belongs to one. An access token names its session, so the end of a
 * session ends both kinds of token. Triggers tell every process of the end of a session and of the deletion of an
 * organization (`migrations/1795300004000-NotifyAccessChanges.ts`).
 *
 * Access tokens issued before name no session, and are refused. The sessions that were open end with them.
 */
export class AddSessions1796200000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table sessions (
        id uuid primary key default uuidv7(),
        user_id uuid not null references users on delete cascade,
        organization_id uuid not null references organizations,
        expires_at timestamptz not null,
        ended_at timestamptz,
        ended_reason text check (ended_reason in
          ('signed_out', 'token_reused', 'access_ended', 'member_removed', 'password_changed')),
        created_at timestamptz not null default now(),
        constraint end_is_whole check ((ended_at is null) = (ended_reason is null))
      );
      create index sessions_user on sessions (user_id);
      create index sessions_expiry on sessions (expires_at);
      comment on table sessions is
        'One row for each sign-in: who signed in, where the session began, and how it ended.';
      comment on column sessions.organization_id is
        'The organization that the session began in. A request may name another one of the user.';
      comment on column sessions.expires_at is
        'When the youngest refresh token expires. Each refresh moves it on; afterwards the row is purged.';
      alter table sessions enable row level security;
      alter table sessions force row level security;
      create policy every_organization on sessions for all to ringfence_system using (true) with check (true);
      grant select, insert, update (expires_at, ended_at, ended_reason), delete on sessions to ringfence_system;

      truncate refresh_tokens;
      alter table refresh_tokens rename column family_id to session_id;
      alter index refresh_tokens_family rename to refresh_tokens_session;
      alter table refresh_tokens
        drop column user_id, drop column organization_id, drop column revoked_at,
        add column successor_salt bytea check (length(successor_salt) = 32),
        add constraint replacement_is_whole check ((replaced_at is null) = (successor_salt is null)),
        add foreign key (session_id) references sessions on delete cascade;
      comment on table refresh_tokens is
        'One row for each issued refresh token; a replaced token that comes back ends its session.';
      comment on column refresh_tokens.successor_salt is
        'From the token itself and this salt follows the token that replaced it (HMAC-SHA256), and from neither alone.';

      create function notify_session_end() returns trigger language plpgsql as $$
      begin
        perform pg_notify('ringfence_access', 'session:' || old.id);
        return null;
      end
      $$;
      create trigger notify_end after update on sessions for each row
        when (old.ended_at is null and new.ended_at is not null) execute function notify_session_end();

      create function notify_organization_removal() returns trigger language plpgsql as $$
      begin
        perform pg_notify('ringfence_access', 'organization:' || old.id);
        return null;
      end
      $$;
      create trigger notify_removal after update on organizations for each row
        when (old.deleted_at is distinct from new.deleted_at) execute function notify_organization_removal();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop trigger notify_removal on organizations;
      drop function notify_organization_removal();
      truncate refresh_tokens;
      alter table refresh_tokens
        drop constraint refresh_tokens_session_id_fkey, drop constraint replacement_is_whole, drop column successor_salt,
        add column user_id uuid not null references users on delete cascade,
        add column organization_id uuid not null references organizations,
        add column revoked_at timestamptz;
      alter table refresh_tokens rename column session_id to family_id;
      alter index refresh_tokens_session rename to refresh_tokens_family;
      comment on table refresh_tokens is
        'One row for each issued refresh token; a replaced token that comes back revokes its whole family.';
      drop table sessions;
      drop function notify_session_end();
    `);
  }
}
