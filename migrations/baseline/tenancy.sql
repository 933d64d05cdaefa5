create table organizations (
  id uuid not null default uuidv7(),
  kind text not null default 'tenant',
  slug text not null,
  name text not null,
  time_zone text not null default 'UTC',
  previous_time_zone text,
  time_zone_effective_at timestamptz,
  currency text not null default 'USD',
  default_daily_limit integer not null default 100,
  default_allowed_countries text[] not null default '{}'::text[],
  last_rollup_date date,
  suspended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  numbers_per_agent text not null default 'many',
  deleted_at timestamptz,
  pool_quota integer default 100,
  constraint organizations_pkey primary key (id),
  constraint organizations_slug_key unique (slug),
  constraint one_platform_organization check ((kind = 'platform') = (id = '00000000-0000-7000-8000-000000000001'::uuid)),
  constraint organizations_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint organizations_default_daily_limit_check check (default_daily_limit between 0 and 1000000),
  constraint organizations_kind_check check (kind = any (array['tenant', 'platform'])),
  constraint organizations_name_check check (length(name) between 1 and 200),
  constraint organizations_numbers_per_agent_check check (numbers_per_agent = any (array['one', 'many'])),
  constraint organizations_pool_quota_check check (pool_quota between 0 and 1000000),
  constraint organizations_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  constraint pool_quota_is_of_tenants check ((pool_quota is null) = (kind = 'platform')),
  constraint time_zone_change_is_whole check ((previous_time_zone is null) = (time_zone_effective_at is null))
);
comment on column organizations.time_zone_effective_at is
  'The next midnight of the old zone after a change; until then previous_time_zone counts.';
comment on column organizations.last_rollup_date is
  'The last local date whose calls were rolled up into usage_daily; the midnight job claims a date by moving it.';
comment on column organizations.pool_quota is
  'How many numbers of the pool the organization may hold, claimed or reserved. NULL for the platform organization.';
alter table organizations enable row level security, force row level security;
create policy every_organization on organizations for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on organizations for all to ringfence_app
  using ((id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant select, update (currency, default_allowed_countries, default_daily_limit, deleted_at, name, numbers_per_agent, previous_time_zone, suspended_at, time_zone, time_zone_effective_at, updated_at) on organizations to ringfence_app;
grant insert, select, update (currency, default_allowed_countries, default_daily_limit, last_rollup_date, name, numbers_per_agent, pool_quota, previous_time_zone, suspended_at, time_zone, time_zone_effective_at, updated_at) on organizations to ringfence_system;

create table users (
  id uuid not null default uuidv7(),
  email text not null,
  name text not null,
  password_hash text not null,
  platform_admin boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint users_pkey primary key (id),
  constraint users_email_check check (length(email) between 3 and 254),
  constraint users_email_is_ascii check (octet_length(email) = length(email)),
  constraint users_name_check check (length(name) between 1 and 200)
);
create unique index users_email_key on users using btree (lower(email));
alter table users enable row level security, force row level security;
create policy every_organization on users for all to ringfence_system
  using (true)
  with check (true);
grant select (created_at, email, id, name, updated_at) on users to ringfence_app;
grant insert, select, update (disabled_at, name, password_hash) on users to ringfence_system;

create table memberships (
  organization_id uuid not null,
  user_id uuid not null,
  role text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  client_ids uuid[],
  constraint memberships_pkey primary key (organization_id, user_id),
  constraint memberships_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint memberships_user_id_fkey foreign key (user_id) references users(id),
  constraint memberships_role_check check (role = any (array['owner', 'admin', 'manager', 'agent']))
);
comment on column memberships.client_ids is
  'The clients that the member is limited to; NULL for all of them.';
create index memberships_user on memberships using btree (user_id);
alter table memberships enable row level security, force row level security;
create policy every_organization on memberships for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on memberships for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant select on memberships to ringfence_app;
grant delete, insert, select, update (client_ids, role) on memberships to ringfence_system;

create table invitations (
  organization_id uuid not null,
  id uuid not null default uuidv7(),
  email text not null,
  role text not null,
  client_ids uuid[],
  token_hash bytea not null,
  invited_by uuid not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint invitations_pkey primary key (organization_id, id),
  constraint invitations_token_hash_key unique (token_hash),
  constraint invitations_accepted_by_fkey foreign key (accepted_by) references users(id),
  constraint invitations_invited_by_fkey foreign key (invited_by) references users(id),
  constraint invitations_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint acceptance_is_whole check ((accepted_at is null) = (accepted_by is null)),
  constraint accepted_or_revoked check ((accepted_at is null) or (revoked_at is null)),
  constraint invitations_client_ids_check check (cardinality(client_ids) > 0),
  constraint invitations_email_check check ((length(email) between 3 and 254) and (octet_length(email) = length(email)) and (email = lower(email))),
  constraint invitations_role_check check (role = any (array['owner', 'admin', 'manager', 'agent'])),
  constraint invitations_token_hash_check check (length(token_hash) = 32)
);
comment on column invitations.token_hash is
  'SHA-256 of the token in the link; the token itself is not kept.';
comment on column invitations.invited_by is
  'Who sent the link last. It is worth something only while they may still give the role.';
create unique index invitations_open_email on invitations using btree (organization_id, lower(email)) where ((accepted_at is null) and (revoked_at is null));
alter table invitations enable row level security, force row level security;
create policy every_organization on invitations for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on invitations for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select, update (expires_at, invited_by, revoked_at, token_hash) on invitations to ringfence_app;
grant select, update (accepted_at, accepted_by, revoked_at) on invitations to ringfence_system;

create table sessions (
  id uuid not null default uuidv7(),
  user_id uuid not null,
  organization_id uuid not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_reason text,
  created_at timestamptz not null default now(),
  constraint sessions_pkey primary key (id),
  constraint sessions_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint sessions_user_id_fkey foreign key (user_id) references users(id) on delete cascade,
  constraint end_is_whole check ((ended_at is null) = (ended_reason is null)),
  constraint sessions_ended_reason_check check (ended_reason = any (array['signed_out', 'token_reused', 'access_ended', 'member_removed', 'password_changed']))
);
comment on table sessions is
  'One row for each sign-in: who signed in, where the session began, and how it ended.';
comment on column sessions.organization_id is
  'The organization that the session began in. A request may name another one of the user.';
comment on column sessions.expires_at is
  'When the youngest refresh token expires. Each refresh moves it on; afterwards the row is purged.';
create index sessions_expiry on sessions using btree (expires_at);
create index sessions_user on sessions using btree (user_id);
alter table sessions enable row level security, force row level security;
create policy every_organization on sessions for all to ringfence_system
  using (true)
  with check (true);
grant delete, insert, select, update (ended_at, ended_reason, expires_at) on sessions to ringfence_system;

create table refresh_tokens (
  id uuid not null default uuidv7(),
  session_id uuid not null,
  token_hash bytea not null,
  replaced_at timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  successor_salt bytea,
  constraint refresh_tokens_pkey primary key (id),
  constraint refresh_tokens_token_hash_key unique (token_hash),
  constraint refresh_tokens_session_id_fkey foreign key (session_id) references sessions(id) on delete cascade,
  constraint refresh_tokens_successor_salt_check check (length(successor_salt) = 32),
  constraint refresh_tokens_token_hash_check check (length(token_hash) = 32),
  constraint replacement_is_whole check ((replaced_at is null) = (successor_salt is null))
);
comment on table refresh_tokens is
  'One row for each issued refresh token; a replaced token that comes back ends its session.';
comment on column refresh_tokens.successor_salt is
  'From the token itself and this salt follows the token that replaced it (HMAC-SHA256), and from neither alone.';
create index refresh_tokens_expiry on refresh_tokens using btree (expires_at);
create index refresh_tokens_session on refresh_tokens using btree (session_id);
alter table refresh_tokens enable row level security, force row level security;
create policy every_organization on refresh_tokens for all to ringfence_system
  using (true)
  with check (true);
grant delete, insert, select, update (replaced_at, successor_salt) on refresh_tokens to ringfence_system;

create table sign_in_counters (
  key text not null,
  points integer not null,
  expire bigint not null,
  constraint sign_in_counters_pkey primary key (key)
);
comment on table sign_in_counters is
  'What slows the guessing of passwords down (ADR 15).';
comment on column sign_in_counters.key is
  'What is counted, and for which account and address.';
comment on column sign_in_counters.expire is
  'When the count is over, in milliseconds since 1970.';
create index sign_in_counters_expiry on sign_in_counters using btree (expire);
alter table sign_in_counters enable row level security, force row level security;
create policy every_organization on sign_in_counters for all to ringfence_system
  using (true)
  with check (true);
grant delete, insert, select, update on sign_in_counters to ringfence_system;

create table api_keys (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  prefix text not null,
  key_hash bytea not null,
  scopes text[] not null,
  created_by uuid,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  constraint api_keys_pkey primary key (id),
  constraint api_keys_key_hash_key unique (key_hash),
  constraint api_keys_organization_id_id_key unique (organization_id, id),
  constraint api_keys_created_by_fkey foreign key (created_by) references users(id),
  constraint api_keys_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint api_keys_key_hash_check check (length(key_hash) = 32),
  constraint api_keys_name_check check (length(name) between 1 and 200),
  constraint api_keys_scopes_check check (cardinality(scopes) > 0)
);
comment on column api_keys.prefix is
  'The first characters of the key, enough to recognize it in a list.';
alter table api_keys enable row level security, force row level security;
create policy every_organization on api_keys for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on api_keys for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select, update (name, revoked_at) on api_keys to ringfence_app;
grant select, update (last_used_at) on api_keys to ringfence_system;

create table clients (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  name text not null,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint clients_pkey primary key (id),
  constraint clients_organization_id_id_key unique (organization_id, id),
  constraint clients_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint clients_name_check check (length(name) between 1 and 200)
);
create unique index clients_name_key on clients using btree (organization_id, lower(name)) where (archived_at is null);
alter table clients enable row level security, force row level security;
create policy every_organization on clients for select to ringfence_system
  using (true);
create policy own_organization on clients for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select, update (archived_at, name) on clients to ringfence_app;
grant select (archived_at, id, organization_id) on clients to ringfence_system;
