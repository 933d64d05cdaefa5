create table audit_events (
  organization_id uuid not null,
  id uuid not null default uuidv7(),
  occurred_at timestamptz not null default now(),
  actor_kind text not null,
  actor_id uuid,
  actor_label text not null,
  action text not null,
  subject_type text not null,
  subject_id uuid,
  changes jsonb not null default '{}'::jsonb,
  request_id text,
  related_ids uuid[] not null default '{}'::uuid[],
  sequence bigint,
  previous_hash bytea,
  hash bytea,
  constraint audit_events_pkey primary key (organization_id, id),
  constraint audit_events_sequence_key unique (organization_id, sequence),
  constraint audit_events_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint audit_events_actor_kind_check check (actor_kind = any (array['user', 'api_key', 'system'])),
  constraint link_is_whole check ((num_nulls(sequence, previous_hash, hash) = 3) or ((num_nulls(sequence, previous_hash, hash) = 0) and (sequence > 0) and (length(previous_hash) = 32) and (length(hash) = 32)))
);
comment on column audit_events.related_ids is
  'Other records that the event is about: the agent and the number of an assignment, the items of a bulk operation.';
comment on column audit_events.sequence is
  'The place in the chain of the organization; null until it is linked.';
create index audit_events_actor on audit_events using btree (organization_id, actor_id, id);
create index audit_events_record on audit_events using btree (organization_id, subject_id, id);
create index audit_events_related on audit_events using gin (related_ids) where (related_ids <> '{}'::uuid[]);
create index audit_events_unlinked on audit_events using btree (organization_id, occurred_at, id) where (sequence is null);
alter table audit_events enable row level security, force row level security;
create policy every_organization on audit_events for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on audit_events for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant insert (action, actor_id, actor_kind, actor_label, changes, organization_id, related_ids, request_id, subject_id, subject_type), select on audit_events to ringfence_app;
grant insert (action, actor_id, actor_kind, actor_label, changes, organization_id, related_ids, request_id, subject_id, subject_type), select, update (hash, previous_hash, sequence) on audit_events to ringfence_system;

create table audit_chain_heads (
  organization_id uuid not null,
  sequence bigint not null default 0,
  hash bytea not null default decode(repeat('00', 32), 'hex'),
  constraint audit_chain_heads_pkey primary key (organization_id),
  constraint audit_chain_heads_organization_id_fkey foreign key (organization_id) references organizations(id),
  constraint audit_chain_heads_hash_check check (length(hash) = 32)
);
comment on table audit_chain_heads is
  'The last link of each chain, and the lock of whoever appends to it.';
alter table audit_chain_heads enable row level security, force row level security;
create policy every_organization on audit_chain_heads for all to ringfence_system
  using (true)
  with check (true);
create policy own_organization on audit_chain_heads for all to ringfence_app
  using ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])))
  with check ((organization_id = any (( select (NULLIF(current_setting('ringfence.organization_ids', true), ''))::uuid[] as "nullif")::uuid[])));
grant select on audit_chain_heads to ringfence_app;
grant insert, select, update (hash, sequence) on audit_chain_heads to ringfence_system;
