import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './row-level-security.js';

/**
 * Roles, organizations, people and keys.
 *
 * `ringfence_app` serves one organization at a time (or a set of them in a gate batch) behind row-level security;
 * `ringfence_system` is what sign-in, key look-up and the midnight job run as. Neither owns anything, neither has
 * BYPASSRLS. Roles belong to the whole server, so they are created only when missing and are left in place by `down`.
 */
export class CreateTenancy1795200000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const role of ['ringfence_app', 'ringfence_system']) {
      await queryRunner.query(`
        do $$
        begin
          if not exists (select from pg_roles where rolname = '${role}') then
            create role ${role} nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
          end if;
        exception
          when duplicate_object or unique_violation then null;
        end
        $$;
        do $$
        begin
          if not pg_has_role(current_user, '${role}', 'member') or not (select rolsuper from pg_roles where rolname = current_user) then
            grant ${role} to current_user;
          end if;
        exception
          when unique_violation then null;
        end
        $$;
        grant usage on schema public to ${role};
      `);
    }

    // PostgreSQL 18 brings uuidv7(); earlier servers get the same function (RFC 9562, section 5.7).
    await queryRunner.query(`
      do $$
      begin
        if not exists (select from pg_proc where proname = 'uuidv7' and pronamespace = 'pg_catalog'::regnamespace) then
          create function public.uuidv7() returns uuid language sql volatile parallel safe as $f$
            select encode(
              set_bit(set_bit(
                overlay(uuid_send(gen_random_uuid())
                  placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
                  from 1 for 6),
                52, 1), 53, 1), 'hex')::uuid
          $f$;
        end if;
      end
      $$;

      create function touch_updated_at() returns trigger language plpgsql as $$
      begin
        new.updated_at := now();
        return new;
      end
      $$;

      create table organizations (
        id uuid primary key default uuidv7(),
        kind text not null default 'tenant' check (kind in ('tenant', 'platform')),
        slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
        name text not null check (length(name) between 1 and 200),
        time_zone text not null default 'UTC',
        previous_time_zone text,
        time_zone_effective_at timestamptz,
        currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
        default_daily_limit integer not null default 100 check (default_daily_limit between 0 and 1000000),
        default_allowed_countries text[] not null default '{}',
        last_rollup_date date,
        suspended_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        constraint one_platform_organization check ((kind = 'platform') = (id = '00000000-0000-7000-8000-000000000001')),
        constraint time_zone_change_is_whole check ((previous_time_zone is null) = (time_zone_effective_at is null))
      );
      comment on column organizations.time_zone_effective_at is
        'The next midnight of the old zone after a change; until then previous_time_zone counts.';
      comment on column organizations.last_rollup_date is
        'The last local date whose calls were rolled up into usage_daily; the midnight job claims a date by moving it.';
      create trigger touch before update on organizations for each row execute function touch_updated_at();
    `);
    await protectTenantTable(queryRunner, 'organizations', {
      app: 'select, update',
      system: 'select, insert, update',
      column: 'id',
    });

    await queryRunner.query(`
      create table users (
        id uuid primary key default uuidv7(),
        email text not null check (length(email) between 3 and 254),
        name text not null check (length(name) between 1 and 200),
        password_hash text not null,
        platform_admin boolean not null default false,
        disabled_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      );
      create unique index users_email_key on users (lower(email));
      create trigger touch before update on users for each row execute function touch_updated_at();

      create table memberships (
        organization_id uuid not null references organizations,
        user_id uuid not null references users,
        role text not null check (role in ('owner', 'admin', 'manager', 'agent')),
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        primary key (organization_id, user_id)
      );
      create index memberships_user on memberships (user_id);
      create trigger touch before update on memberships for each row execute function touch_updated_at();
    `);
    await protectTenantTable(queryRunner, 'memberships', {
      app: 'select',
      system: 'select, insert, update, delete',
    });
    await queryRunner.query(`
      alter table users enable row level security;
      alter table users force row level security;
      create policy members_of_own_organization on users for select to ringfence_app
        using (exists (select from memberships m where m.user_id = users.id));
      grant select (id, email, name, platform_admin, disabled_at, created_at, updated_at) on users to ringfence_app;
      create policy every_organization on users for all to ringfence_system using (true) with check (true);
      grant select, insert, update on users to ringfence_system;

      create table refresh_tokens (
        id uuid primary key default uuidv7(),
        family_id uuid not null,
        user_id uuid not null references users on delete cascade,
        organization_id uuid not null references organizations,
        token_hash bytea not null unique check (length(token_hash) = 32),
        replaced_at timestamptz,
        revoked_at timestamptz,
        expires_at timestamptz not null,
        created_at timestamptz not null default now()
      );
      create index refresh_tokens_family on refresh_tokens (family_id);
      create index refresh_tokens_expiry on refresh_tokens (expires_at);
      alter table refresh_tokens enable row level security;
      alter table refresh_tokens force row level security;
      create policy every_organization on refresh_tokens for all to ringfence_system using (true) with check (true);
      grant select, insert, update, delete on refresh_tokens to ringfence_system;
      comment on table refresh_tokens is
        'One row for each issued refresh token; a replaced token that comes back revokes its whole family.';

      create table api_keys (
        id uuid primary key default uuidv7(),
        organization_id uuid not null references organizations,
        name text not null check (length(name) between 1 and 200),
        prefix text not null,
        key_hash bytea not null unique check (length(key_hash) = 32),
        scopes text[] not null check (cardinality(scopes) > 0),
        created_by uuid references users,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz,
        created_at timestamptz not null default now(),
        unique (organization_id, id)
      );
      comment on column api_keys.prefix is 'The first characters of the key, enough to recognize it in a list.';
    `);
    await protectTenantTable(queryRunner, 'api_keys', {
      app: 'select, insert, update',
      system: 'select, update (last_used_at)',
    });

    await queryRunner.query(`
      create table clients (
        id uuid primary key default uuidv7(),
        organization_id uuid not null references organizations,
        name text not null check (length(name) between 1 and 200),
        archived_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        unique (organization_id, id)
      );
      create unique index clients_name_key on clients (organization_id, lower(name)) where archived_at is null;
      create trigger touch before update on clients for each row execute function touch_updated_at();
    `);
    await protectTenantTable(queryRunner, 'clients', { app: 'select, insert, update' });

    await queryRunner.query(`
      create table audit_events (
        organization_id uuid not null references organizations,
        id uuid not null default uuidv7(),
        occurred_at timestamptz not null default now(),
        actor_kind text not null check (actor_kind in ('user', 'api_key', 'system')),
        actor_id uuid,
        actor_label text not null,
        action text not null,
        subject_type text not null,
        subject_id uuid,
        changes jsonb not null default '{}',
        request_id text,
        primary key (organization_id, id)
      );
      create index audit_events_subject on audit_events (organization_id, subject_type, subject_id, id);
    `);
    await protectTenantTable(queryRunner, 'audit_events', { app: 'select, insert', system: 'insert' });

    await queryRunner.query(`
      insert into organizations (id, kind, slug, name)
      values ('00000000-0000-7000-8000-000000000001', 'platform', 'platform', 'Platform');
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop table audit_events, clients, api_keys, refresh_tokens, memberships, users, organizations cascade;
      drop function touch_updated_at();
      drop function if exists public.uuidv7();
    `);
  }
}
