create table provider_accounts (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  provider text not null,
  label text not null,
  sealed_credentials bytea not null,
  main_trunk_id uuid,
  last_verified_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint provider_accounts_pkey primary key (id),
  constraint provider_accounts_organization_id_id_key unique (organization_id, id),
  constraint provider_accounts_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint provider_accounts_label_check check (length(label) between 1 and 200),
  constraint provider_accounts_provider_check check (provider = any (array['twilio', 'telnyx', 'vonage', 'bandwidth', 'sandbox', 'other']))
);
alter table provider_accounts enable row level security, force row level security;
create policy own_organization on provider_accounts for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant select (id, organization_id) on provider_accounts to ringfence_app;

create table trunks (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  provider_account_id uuid not null,
  provider_trunk_id text not null,
  label text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint trunks_pkey primary key (id),
  constraint trunks_organization_id_id_key unique (organization_id, id),
  constraint trunks_organization_id_provider_account_id_provider_trunk_i_key unique (organization_id, provider_account_id, provider_trunk_id),
  constraint trunks_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint trunks_organization_id_provider_account_id_fkey foreign key (organization_id, provider_account_id) references provider_accounts(organization_id, id),
  constraint trunks_label_check check (length(label) between 1 and 200),
  constraint trunks_provider_trunk_id_check check (length(provider_trunk_id) between 1 and 200)
);
alter table trunks enable row level security, force row level security;
create policy own_organization on trunks for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant select (id, organization_id) on trunks to ringfence_app;

create table agents (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  client_id uuid,
  name text not null,
  kind text not null,
  status text not null default 'active',
  user_id uuid,
  external_id text,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint agents_pkey primary key (id),
  constraint agents_organization_id_id_key unique (organization_id, id),
  constraint agents_organization_id_client_id_fkey foreign key (organization_id, client_id) references clients(organization_id, id),
  constraint agents_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint agents_organization_id_user_id_fkey foreign key (organization_id, user_id) references memberships(organization_id, user_id) on delete set null (user_id),
  constraint agents_external_id_check check (length(external_id) between 1 and 200),
  constraint agents_kind_check check (kind = any (array['human', 'ai'])),
  constraint agents_name_check check (length(name) between 1 and 200),
  constraint agents_status_check check (status = any (array['active', 'inactive'])),
  constraint only_humans_sign_in check ((user_id is null) or (kind = 'human'))
);
create index agents_client on agents using btree (organization_id, client_id) where (client_id is not null);
create unique index agents_external_id_key on agents using btree (organization_id, external_id) where (deleted_at is null);
create unique index agents_name_key on agents using btree (organization_id, lower(name)) where (deleted_at is null);
create unique index agents_user_key on agents using btree (organization_id, user_id) where (deleted_at is null);
alter table agents enable row level security, force row level security;
create policy every_organization on agents for select to ringfence_system
  using (true);
create policy own_organization on agents for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select, update (client_id, deleted_at, external_id, kind, name, status, updated_at, user_id) on agents to ringfence_app;
grant select (id, name, organization_id) on agents to ringfence_system;

create table phone_numbers (
  id uuid not null default uuidv7(),
  organization_id uuid not null,
  client_id uuid,
  e164 text not null,
  country_code text,
  region text,
  number_type text,
  label text,
  provider text not null,
  provider_account_id uuid,
  provider_number_id text,
  trunk_id uuid,
  platform text,
  platform_id text,
  inbound_agent_id uuid,
  webhook_url text,
  webhook_status text,
  previous_webhook text,
  lifecycle text not null default 'active',
  reserved_until timestamptz,
  monthly_cost numeric(12,4),
  currency text,
  capabilities jsonb not null default '{"sms": false, "voice": true}'::jsonb,
  metadata jsonb not null default '{}'::jsonb,
  tags text[] not null default '{}'::text[],
  source text not null default 'manual',
  last_verified_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  reserved_by uuid,
  claimed_from jsonb,
  sole_connection boolean not null default false,
  assigned_agent_id uuid,
  constraint phone_numbers_pkey primary key (id),
  constraint phone_numbers_organization_id_id_key unique (organization_id, id),
  constraint phone_numbers_organization_id_client_id_fkey foreign key (organization_id, client_id) references clients(organization_id, id),
  constraint phone_numbers_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint phone_numbers_organization_id_inbound_agent_id_fkey foreign key (organization_id, inbound_agent_id) references agents(organization_id, id),
  constraint phone_numbers_organization_id_provider_account_id_fkey foreign key (organization_id, provider_account_id) references provider_accounts(organization_id, id),
  constraint phone_numbers_organization_id_trunk_id_fkey foreign key (organization_id, trunk_id) references trunks(organization_id, id),
  constraint phone_numbers_reserved_by_fkey foreign key (reserved_by) references organizations(id),
  constraint cost_has_currency check ((monthly_cost is null) or (currency is not null)),
  constraint phone_numbers_country_code_check check (country_code ~ '^[A-Z]{2}$'),
  constraint phone_numbers_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint phone_numbers_e164_check check (e164 ~ '^\+[1-9][0-9]{5,14}$'),
  constraint phone_numbers_label_check check (length(label) between 1 and 200),
  constraint phone_numbers_lifecycle_check check (lifecycle = any (array['active', 'inactive', 'error', 'released'])),
  constraint phone_numbers_monthly_cost_check check (monthly_cost >= (0)::numeric),
  constraint phone_numbers_platform_check check (platform = any (array['vapi', 'livekit'])),
  constraint phone_numbers_platform_id_check check (length(platform_id) between 1 and 200),
  constraint phone_numbers_previous_webhook_check check (length(previous_webhook) <= 2000),
  constraint phone_numbers_provider_check check (provider = any (array['twilio', 'telnyx', 'vonage', 'bandwidth', 'sandbox', 'other'])),
  constraint phone_numbers_provider_number_id_check check (length(provider_number_id) between 1 and 200),
  constraint phone_numbers_region_check check (length(region) between 1 and 100),
  constraint phone_numbers_source_check check (source = any (array['manual', 'upload', 'provider', 'demo'])),
  constraint phone_numbers_webhook_url_check check (length(webhook_url) <= 2000),
  constraint reservation_is_whole check ((reserved_by is null) or (reserved_until is not null))
);
comment on column phone_numbers.claimed_from is
  'What a claimed number was in the pool, so that it goes back as it came. NULL for numbers that were never there.';
comment on column phone_numbers.assigned_agent_id is
  'The agent of the live assignment. A copy that triggers keep: lists filter and sort by it.';
create unique index one_connection_per_agent on phone_numbers using btree (organization_id, inbound_agent_id) where ((inbound_agent_id is not null) and sole_connection);
create index phone_numbers_assigned on phone_numbers using btree (organization_id, assigned_agent_id, id) where (lifecycle <> 'released');
create index phone_numbers_called on phone_numbers using btree (organization_id, id) where ((lifecycle <> 'released') and (assigned_agent_id is not null));
create index phone_numbers_client on phone_numbers using btree (organization_id, client_id) where (client_id is not null);
create index phone_numbers_connected on phone_numbers using btree (organization_id, id) where ((lifecycle <> 'released') and (inbound_agent_id is not null));
create index phone_numbers_country on phone_numbers using btree (organization_id, country_code, id) where (lifecycle <> 'released');
create index phone_numbers_country_e164 on phone_numbers using btree (organization_id, country_code, e164) where (lifecycle <> 'released');
create index phone_numbers_digits on phone_numbers using gin (e164 gin_trgm_ops) where (lifecycle <> 'released');
create unique index phone_numbers_e164_key on phone_numbers using btree (e164) where (lifecycle <> 'released');
create index phone_numbers_from_pool on phone_numbers using btree (organization_id) where ((claimed_from is not null) and (lifecycle <> 'released'));
create index phone_numbers_inbound on phone_numbers using btree (organization_id, inbound_agent_id) where (inbound_agent_id is not null);
create index phone_numbers_label on phone_numbers using btree (organization_id, lower(label), id) where ((lifecycle <> 'released') and (label is not null));
create index phone_numbers_label_text on phone_numbers using gin (lower(label) gin_trgm_ops) where ((lifecycle <> 'released') and (label is not null));
create index phone_numbers_listed on phone_numbers using btree (organization_id, id) include (tags) where (lifecycle <> 'released');
create index phone_numbers_of_client on phone_numbers using btree (organization_id, client_id, id) where ((lifecycle <> 'released') and (client_id is not null));
create index phone_numbers_out_of_use on phone_numbers using btree (organization_id, lifecycle, id) where (lifecycle = any (array['inactive', 'error']));
create index phone_numbers_own_e164 on phone_numbers using btree (organization_id, e164) where (lifecycle <> 'released');
create index phone_numbers_provider on phone_numbers using btree (organization_id, provider, id) where (lifecycle <> 'released');
create index phone_numbers_region on phone_numbers using btree (organization_id, region, id) where ((lifecycle <> 'released') and (region is not null));
create index phone_numbers_released on phone_numbers using btree (organization_id, e164) where (lifecycle = 'released');
create index phone_numbers_reserved on phone_numbers using btree (organization_id, reserved_until, id) where ((lifecycle <> 'released') and (reserved_until is not null));
create index phone_numbers_reserved_by on phone_numbers using btree (reserved_by) where (reserved_by is not null);
create index phone_numbers_tags on phone_numbers using gin (tags) where ((lifecycle <> 'released') and (tags <> '{}'::text[]));
alter table phone_numbers enable row level security, force row level security;
create policy counted_for_all on phone_numbers for select to ringfence_definer
  using (true);
create policy every_organization on phone_numbers for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on phone_numbers for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
create policy readable_by_all on phone_numbers for select to ringfence_app
  using ((organization_id = '00000000-0000-7000-8000-000000000001'::uuid));
grant delete, insert, select, update (assigned_agent_id, capabilities, claimed_from, client_id, country_code, currency, inbound_agent_id, label, lifecycle, metadata, monthly_cost, number_type, organization_id, platform, platform_id, previous_webhook, provider, provider_account_id, region, reserved_by, reserved_until, sole_connection, source, tags, trunk_id, updated_at, webhook_status, webhook_url) on phone_numbers to ringfence_app;
grant select (e164, id, label, lifecycle, organization_id, tags) on phone_numbers to ringfence_definer;
grant select (claimed_from, e164, id, inbound_agent_id, lifecycle, organization_id), update (sole_connection) on phone_numbers to ringfence_system;

create table phone_number_counts (
  organization_id uuid not null,
  facet text not null,
  value text not null,
  country_code text not null,
  provider text not null,
  lifecycle text not null,
  connected boolean not null,
  assigned boolean not null,
  labelled boolean not null,
  currency text not null,
  numbers integer not null,
  monthly_cost numeric not null
);
comment on table phone_number_counts is
  'How many numbers, by what lists are filtered by. Rows are summed: several may stand for one key, and less than zero is a difference.';
create index phone_number_counts_key on phone_number_counts using btree (organization_id, facet, value, country_code, provider);
alter table phone_number_counts enable row level security, force row level security;
create policy every_organization on phone_number_counts for all to ringfence_definer
  using (true)
  with check (true);
create policy own_organization on phone_number_counts for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
create policy readable_by_all on phone_number_counts for select to ringfence_app
  using ((organization_id = '00000000-0000-7000-8000-000000000001'::uuid));
grant select on phone_number_counts to ringfence_app;
grant delete, insert, select, update on phone_number_counts to ringfence_definer;

create table phone_number_places (
  organization_id uuid not null,
  list text not null,
  place text not null,
  numbers integer not null
);
comment on table phone_number_places is
  'How many numbers stand in each stretch of a list. Rows are summed: several may stand for one key, and less than zero is a difference.';
create index phone_number_places_key on phone_number_places using btree (organization_id, list, place) include (numbers);
alter table phone_number_places enable row level security, force row level security;
create policy every_organization on phone_number_places for all to ringfence_definer
  using (true)
  with check (true);
create policy own_organization on phone_number_places for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
create policy readable_by_all on phone_number_places for select to ringfence_app
  using ((organization_id = '00000000-0000-7000-8000-000000000001'::uuid));
grant select on phone_number_places to ringfence_app;
grant delete, insert, select, update on phone_number_places to ringfence_definer;
