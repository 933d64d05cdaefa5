create table agent_phone_numbers (
  organization_id uuid not null,
  id uuid not null default uuidv7(),
  agent_id uuid not null,
  phone_number_id uuid not null,
  daily_limit integer not null,
  allowed_countries text[],
  allowed_number_types text[] not null default '{}'::text[],
  calls_made_today integer not null default 0,
  last_reset_date date not null,
  paused_at timestamptz,
  ended_at timestamptz,
  live_organization_id uuid generated always as ( case when (ended_at is null) then organization_id else null::uuid end) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  counter_reset_at timestamptz,
  agent_active boolean,
  number_active boolean,
  from_number text,
  provider text,
  sole boolean not null default false,
  constraint agent_phone_numbers_pkey primary key (organization_id, id),
  constraint agent_phone_numbers_organization_id_agent_id_phone_number_i_key unique (organization_id, agent_id, phone_number_id),
  constraint agent_phone_numbers_organization_id_agent_id_fkey foreign key (organization_id, agent_id) references agents(organization_id, id),
  constraint agent_phone_numbers_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint live_assignment_of_own_number foreign key (live_organization_id, phone_number_id) references phone_numbers(organization_id, id),
  constraint agent_phone_numbers_calls_made_today_check check (calls_made_today >= 0),
  constraint agent_phone_numbers_daily_limit_check check (daily_limit between 0 and 1000000),
  constraint allowed_number_types_are_restricted check (allowed_number_types <@ array['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER', 'PAGER', 'UAN', 'VOICEMAIL', 'SATELLITE', 'UNIVERSAL_TOLL_FREE', 'INTERNATIONAL_NETWORK']),
  constraint live_assignments_know_their_caller check ((ended_at is not null) or ((agent_active is not null) and (number_active is not null) and (from_number is not null) and (provider is not null)))
) with (fillfactor=60);
comment on column agent_phone_numbers.allowed_countries is
  'NULL inherits organizations.default_allowed_countries; an empty list allows none.';
comment on column agent_phone_numbers.last_reset_date is
  'The usage day that calls_made_today belongs to. It only moves forward.';
comment on column agent_phone_numbers.live_organization_id is
  'Lets the foreign key hold while the assignment is live only, so that a released number may change its owner.';
comment on column agent_phone_numbers.counter_reset_at is
  'When the counter was last set back by hand: calls decided before are in the archive, although the day is the same.';
comment on column agent_phone_numbers.agent_active is
  'Whether the agent may call. A copy that triggers keep, as number_active, from_number and provider are: the gate decides by the row that it has locked.';
comment on column agent_phone_numbers.sole is
  'Whether the organization gives an agent one number only. A copy that triggers keep while the assignment is live.';
create index agent_phone_numbers_paused on agent_phone_numbers using btree (organization_id, id) where ((ended_at is null) and (paused_at is not null));
create index live_assignments_of_agent on agent_phone_numbers using btree (agent_id, phone_number_id) where (live_organization_id is not null);
create unique index one_live_assignment_per_number on agent_phone_numbers using btree (organization_id, phone_number_id) where (ended_at is null);
create unique index one_number_per_agent on agent_phone_numbers using btree (organization_id, agent_id) where ((ended_at is null) and sole);
create index paused_assignments_of_agent on agent_phone_numbers using btree (organization_id, agent_id, phone_number_id) where ((ended_at is null) and (paused_at is not null));
alter table agent_phone_numbers enable row level security, force row level security;
create policy every_organization on agent_phone_numbers for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on agent_phone_numbers for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select, update (agent_active, allowed_countries, allowed_number_types, calls_made_today, counter_reset_at, daily_limit, ended_at, from_number, last_reset_date, number_active, paused_at, provider, sole) on agent_phone_numbers to ringfence_app;
grant select, update (calls_made_today, last_reset_date, sole) on agent_phone_numbers to ringfence_system;

create table call_authorizations (
  organization_id uuid not null,
  id uuid not null,
  assignment_id uuid,
  agent_id uuid,
  phone_number_id uuid,
  from_number text,
  provider text,
  destination text not null,
  destination_country text,
  destination_type text,
  decision text not null,
  reason_code text not null,
  local_date date not null,
  used_after integer,
  limit_at integer,
  status text not null,
  authorized_by uuid not null,
  decided_at timestamptz not null,
  resets_at timestamptz not null,
  expires_at timestamptz,
  settled_at timestamptz,
  outcome text,
  duration_seconds integer,
  cost numeric(12,4),
  currency text,
  sip_code smallint,
  external_call_id text,
  void_reason text,
  settled_by uuid,
  constraint call_authorizations_pkey primary key (organization_id, id),
  constraint allowed_calls_have_a_number check ((decision = 'denied') or ((assignment_id is not null) and (from_number is not null) and (expires_at is not null))),
  constraint call_authorizations_decision_check check (decision = any (array['allowed', 'denied'])),
  constraint call_authorizations_duration_seconds_check check (duration_seconds >= 0),
  constraint call_authorizations_external_call_id_check check (length(external_call_id) <= 255),
  constraint call_authorizations_outcome_check check (outcome = any (array['answered', 'no_answer', 'busy', 'rejected', 'failed', 'canceled', 'voicemail'])),
  constraint call_authorizations_sip_code_check check (sip_code between 100 and 699),
  constraint call_authorizations_status_check check (status = any (array['denied', 'authorized', 'completed', 'voided', 'expired'])),
  constraint call_authorizations_void_reason_check check (void_reason = any (array['not_dialed', 'caller_abandoned', 'trunk_unavailable', 'duplicate_request', 'test_call']))
);
comment on table call_authorizations is
  'The append-only ledger of decisions. Ids are UUIDv7 of the database clock: the primary key is also the time line.';
comment on column call_authorizations.settled_by is
  'User or API key that completed or voided it.';
alter table call_authorizations enable row level security, force row level security;
create policy every_organization on call_authorizations for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on call_authorizations for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select, update (cost, currency, duration_seconds, external_call_id, outcome, settled_at, settled_by, sip_code, status, void_reason) on call_authorizations to ringfence_app;
grant select on call_authorizations to ringfence_system;

create table idempotency_keys (
  organization_id uuid not null,
  key text not null,
  fingerprint bytea not null,
  authorization_id uuid not null,
  expires_at timestamptz not null,
  constraint idempotency_keys_pkey primary key (organization_id, key),
  constraint idempotency_keys_key_check check (length(key) between 1 and 255)
);
create index idempotency_keys_expiry on idempotency_keys using btree (expires_at);
alter table idempotency_keys enable row level security, force row level security;
create policy every_organization on idempotency_keys for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on idempotency_keys for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select on idempotency_keys to ringfence_app;
grant delete, select on idempotency_keys to ringfence_system;

create table usage_daily (
  organization_id uuid not null,
  local_date date not null,
  agent_id uuid not null,
  phone_number_id uuid not null,
  calls_allowed integer not null default 0,
  calls_denied integer not null default 0,
  calls_completed integer not null default 0,
  duration_seconds bigint not null default 0,
  allowed_by_country jsonb not null default '{}'::jsonb,
  denied_by_reason jsonb not null default '{}'::jsonb,
  calls_voided integer not null default 0,
  constraint usage_daily_pkey primary key (organization_id, local_date, agent_id, phone_number_id)
);
comment on column usage_daily.phone_number_id is
  'The nil UUID stands for refusals that concern no number (no_assignment, destination_invalid).';
comment on column usage_daily.calls_allowed is
  'What the counter held whenever it was set back: each archive adds, so a manual reset loses nothing.';
comment on column usage_daily.calls_voided is
  'Calls of the day that were voided. They are taken off calls_allowed or off the counter of the assignment.';
alter table usage_daily enable row level security, force row level security;
create policy every_organization on usage_daily for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on usage_daily for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert, select, update (allowed_by_country, calls_allowed, calls_completed, calls_voided, duration_seconds) on usage_daily to ringfence_app;
grant insert, select, update (allowed_by_country, calls_allowed, calls_completed, calls_denied, denied_by_reason, duration_seconds) on usage_daily to ringfence_system;
