/**
 * Takes a chunk of rows into the organization: a dozen set-based statements of one transaction over a temporary table.
 *
 * The table is temporary because PostgreSQL refuses COPY into tables with row-level security. Locks are taken in the
 * order of the rest of the system: agents, then numbers in the order of their digits, then assignments.
 * $1 is the organization everywhere, $2 the import.
 */
export const CREATE_STAGING = `
  create temporary table if not exists import_staging (
    line integer not null, e164 text not null, country_code text, number_type text, provider text not null, label text,
    region text, client text, monthly_cost numeric, currency text, voice boolean, sms boolean, tags text[],
    agent text, daily_limit integer, allowed_countries text[],
    client_id uuid, agent_id uuid, number_id uuid, holder_id uuid, outcome text
  ) on commit delete rows`;

export const COPY_STAGING = `
  copy import_staging (line, e164, country_code, number_type, provider, label, region, client, monthly_cost, currency,
    voice, sms, tags, agent, daily_limit, allowed_countries) from stdin`;

/** Clients by name or id. */
export const FIND_CLIENTS = `
  with named as (
    select s.client, (
      select c.id from clients c
      where c.organization_id = $1 and c.archived_at is null
        and (lower(c.name) = lower(s.client) or c.id::text = lower(s.client))
      order by lower(c.name) <> lower(s.client) limit 1) as id
    from (select distinct client from import_staging where client is not null) s
  )
  update import_staging s set client_id = n.id, outcome = case when n.id is null then 'client_unknown' end
  from named n where n.client = s.client`;

/** Agents by name, external id or id. A name wins, for exports name agents by it. */
export const FIND_AGENTS = `
  with named as (
    select s.agent, g.id, g.status
    from (select distinct agent from import_staging where agent is not null) s
    left join lateral (
      select g.id, g.status from agents g
      where g.organization_id = $1 and g.deleted_at is null
        and (lower(g.name) = lower(s.agent) or g.external_id = s.agent or g.id::text = lower(s.agent))
      order by lower(g.name) <> lower(s.agent), g.external_id is distinct from s.agent limit 1
    ) g on true
  )
  update import_staging s set agent_id = n.id,
    outcome = coalesce(s.outcome, case when n.id is null then 'agent_unknown' when n.status <> 'active' then 'agent_inactive' end)
  from named n where n.agent = s.agent`;

/** So that they stay active until the end. */
export const LOCK_AGENTS = `
  select count(*) from (
    select from agents g where g.organization_id = $1 and g.status = 'active' and g.deleted_at is null
      and g.id in (select agent_id from import_staging where agent_id is not null)
    order by g.id for share) locked`;

/**
 * Where the organization gives each agent one number only: whose agent has another, or stands in the chunk before. What
 * chunks of a dry run would have done is written down, for it was taken back.
 */
export const ONE_NUMBER_EACH = `
  update import_staging s set outcome = 'agent_has_number'
  from organizations o, (
    select line, row_number() over (partition by agent_id order by line) as nth
    from import_staging where agent_id is not null and outcome is null
  ) r
  where o.id = $1 and o.numbers_per_agent = 'one' and r.line = s.line
    and (r.nth > 1 or exists (
      select from agent_phone_numbers a
      where a.organization_id = $1 and a.agent_id = s.agent_id and a.ended_at is null and a.from_number <> s.e164)
      or exists (
        select from import_changes c
        where c.organization_id = $1 and c.import_job_id = $2 and c.kind = 'agent' and c.record_id = s.agent_id))`;

/** Who has a number now, read in a dry run before that is taken back. */
export const READ_GIVEN_AGENTS = `
  select distinct s.agent_id as "agentId"
  from import_staging s
  join organizations o on o.id = $1 and o.numbers_per_agent = 'one'
  where s.agent_id is not null and s.outcome in ('created', 'revived', 'updated', 'unchanged')`;

/** $3 agents */
export const NOTE_GIVEN_AGENTS = `
  insert into import_changes (organization_id, import_job_id, kind, record_id)
  select $1, $2, 'agent', unnest($3::uuid[]) on conflict do nothing`;

/**
 * Whether a number is taken is told by the unique index alone, for it reaches across organizations. So every number is
 * inserted first; two uploads of the same file wait for each other instead of locking each other out.
 */
export const INSERT_NUMBERS = `
  with inserted as (
    insert into phone_numbers
      (organization_id, e164, country_code, number_type, region, label, provider, client_id, tags, monthly_cost,
       currency, capabilities, source)
    select $1, s.e164, s.country_code, s.number_type, s.region, s.label, s.provider, s.client_id,
      coalesce(s.tags, '{}'), s.monthly_cost, ${currencyFor('null')},
      jsonb_build_object('voice', coalesce(s.voice, true), 'sms', coalesce(s.sms, false)), 'upload'
    from import_staging s
    where s.outcome is null
    order by s.e164
    on conflict (e164) where lifecycle <> 'released' do nothing
    returning id, e164
  )
  update import_staging s set outcome = 'created', number_id = i.id from inserted i where i.e164 = s.e164`;

/** Numbers that the organization deleted before come back as the same rows, so that their counters are found again. */
export const FIND_RELEASED = `
  select s.number_id as "insertedId", r.id as "releasedId"
  from import_staging s
  cross join lateral (
    select n.id from phone_numbers n
    where n.organization_id = $1 and n.lifecycle = 'released' and n.e164 = s.e164
    order by n.updated_at desc limit 1
    for no key update
  ) r
  where s.outcome = 'created'`;

/** In a dry run: which numbers an upload would insert. It leaves them without an id. */
export const REHEARSE_NUMBERS = `
  update import_staging s set outcome = 'created'
  where s.outcome is null and s.e164 not in (
    select taken_numbers(array(select e164 from import_staging where outcome is null)))`;

/** In a dry run: which of these would come back as the rows that they were. */
export const REHEARSE_REVIVAL = `
  update import_staging s set outcome = 'revived'
  where s.outcome = 'created' and (
    select count(*) > 0 from phone_numbers n
    where n.organization_id = $1 and n.lifecycle = 'released' and n.e164 = s.e164)`;

/** $2 inserted ids. The place in the unique index stays taken until the transaction ends. */
export const DELETE_INSERTED = `delete from phone_numbers where organization_id = $1 and id = any ($2::uuid[])`;

/** $3 inserted ids, $4 released ids of the same numbers. */
export const REVIVE_NUMBERS = `
  with pair as (select * from unnest($3::uuid[], $4::uuid[]) as p(inserted_id, released_id)
  ), noted as (
    insert into import_changes (organization_id, import_job_id, kind, record_id, before)
    select $1, $2, 'number', n.id, to_jsonb(n) from phone_numbers n
    where n.organization_id = $1 and n.id = any ($4::uuid[])
  ), revived as (
    update phone_numbers n set
      lifecycle = 'active', country_code = s.country_code, number_type = s.number_type, region = s.region,
      label = s.label, provider = s.provider, client_id = s.client_id, tags = coalesce(s.tags, '{}'),
      monthly_cost = s.monthly_cost, currency = ${currencyFor('null')}, source = 'upload', reserved_until = null, reserved_by = null,
      inbound_agent_id = null,
      capabilities = jsonb_build_object('voice', coalesce(s.voice, true), 'sms', coalesce(s.sms, false))
    from import_staging s join pair p on p.inserted_id = s.number_id
    where n.organization_id = $1 and n.id = p.released_id
    returning n.id, s.line
  )
  update import_staging s set number_id = r.id, outcome = 'revived' from revived r where r.line = s.line`;

/** Which of the others are the organization's own, and locked, or the pool's. A subselect is always an index look-up. */
export const FIND_TAKEN = `
  update import_staging s
  set (number_id, outcome) = (
    select n.id, case when n.organization_id = $1 then 'own' else 'in_pool' end
    from phone_numbers n where n.e164 = s.e164 and n.lifecycle <> 'released')
  where s.outcome is null`;

export const LOCK_OWN = `
  select count(*) from (
    select from phone_numbers n where n.organization_id = $1
      and n.id in (select number_id from import_staging where outcome = 'own')
    order by n.e164 for no key update) locked`;

/** Who calls from the numbers now. An import never takes a number away from an agent. */
export const FIND_HOLDERS = `
  update import_staging s
  set holder_id = a.agent_id, outcome = case when a.agent_id <> s.agent_id then 'assigned_elsewhere' else s.outcome end
  from agent_phone_numbers a
  where s.agent_id is not null and s.outcome = 'own'
    and a.organization_id = $1 and a.phone_number_id = s.number_id and a.ended_at is null`;

/** Changes own numbers that differ from the row, where the row says something. */
export const UPDATE_NUMBERS = `
  with target as (
    select n.id, s.line, to_jsonb(n) as before, s.provider, coalesce(s.label, n.label) as label,
      coalesce(s.region, n.region) as region, coalesce(s.client_id, n.client_id) as client_id,
      coalesce(s.tags, n.tags) as tags, coalesce(s.monthly_cost, n.monthly_cost) as monthly_cost,
      ${currencyFor('n.currency')} as currency,
      n.capabilities || jsonb_strip_nulls(jsonb_build_object('voice', s.voice, 'sms', s.sms)) as capabilities
    from import_staging s
    join phone_numbers n on n.organization_id = $1 and n.id = s.number_id
    where s.outcome = 'own' and n.lifecycle <> 'released'
      and (n.provider, n.label, n.region, n.client_id, n.tags, n.monthly_cost, n.currency, n.capabilities)
        is distinct from (s.provider, coalesce(s.label, n.label), coalesce(s.region, n.region),
          coalesce(s.client_id, n.client_id), coalesce(s.tags, n.tags), coalesce(s.monthly_cost, n.monthly_cost),
          ${currencyFor('n.currency')},
          n.capabilities || jsonb_strip_nulls(jsonb_build_object('voice', s.voice, 'sms', s.sms)))
  ), noted as (
    insert into import_changes (organization_id, import_job_id, kind, record_id, before)
    select $1, $2, 'number', t.id, t.before from target t
  ), changed as (
    update phone_numbers n set provider = t.provider, label = t.label, region = t.region, client_id = t.client_id,
      tags = t.tags, monthly_cost = t.monthly_cost, currency = t.currency, capabilities = t.capabilities
    from target t where n.organization_id = $1 and n.id = t.id
    returning t.line
  )
  update import_staging s set outcome = 'updated' from changed c where c.line = s.line`;

export const REST_IS_UNCHANGED = `update import_staging set outcome = 'unchanged' where outcome = 'own'`;

/**
 * Lets agents call from the numbers. An assignment that tied the two before comes back with its counter. Rows that are there
 * are locked by agent and number, as the gate does. In a dry run new numbers have no id, and nothing can stand in the way of
 * their assignment.
 */
export const PUT_ASSIGNMENTS = `
  with wanted as (
    select s.line, s.agent_id, s.number_id, s.daily_limit, s.allowed_countries, to_jsonb(a) as before
    from import_staging s
    left join agent_phone_numbers a
      on a.organization_id = $1 and a.agent_id = s.agent_id and a.phone_number_id = s.number_id
    where s.agent_id is not null and s.number_id is not null
      and s.outcome in ('created', 'revived', 'updated', 'unchanged')
      and (a.id is null or a.ended_at is not null
        or a.daily_limit <> coalesce(s.daily_limit, a.daily_limit)
        or a.allowed_countries is distinct from coalesce(s.allowed_countries, a.allowed_countries))
  ), put as (
    insert into agent_phone_numbers as a
      (organization_id, agent_id, phone_number_id, daily_limit, allowed_countries, last_reset_date)
    select o.id, w.agent_id, w.number_id,
      coalesce(w.daily_limit, case when w.before ->> 'ended_at' is null then (w.before ->> 'daily_limit')::integer end,
        o.default_daily_limit),
      coalesce(w.allowed_countries, case when w.before ->> 'ended_at' is null
        and jsonb_typeof(w.before -> 'allowed_countries') = 'array'
        then array(select jsonb_array_elements_text(w.before -> 'allowed_countries')) end),
      (clock.at at time zone
        effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at))::date
    from wanted w
    cross join organizations o
    cross join (select ringfence_clock() as at) clock
    where o.id = $1
    order by w.agent_id, w.number_id
    on conflict (organization_id, agent_id, phone_number_id) do update
      set daily_limit = excluded.daily_limit, allowed_countries = excluded.allowed_countries,
        paused_at = case when a.ended_at is null then a.paused_at end, ended_at = null
    returning a.id, a.phone_number_id
  ), noted as (
    insert into import_changes (organization_id, import_job_id, kind, record_id, before)
    select $1, $2, 'assignment', p.id, w.before
    from put p join wanted w on w.number_id = p.phone_number_id
  )
  update import_staging s set outcome = 'updated' from put p
  where p.phone_number_id = s.number_id and s.outcome = 'unchanged'`;

/** Made numbers, for undoing. The others were written down when they were changed. */
export const NOTE_CREATED = `
  insert into import_changes (organization_id, import_job_id, kind, record_id)
  select $1, $2, 'number', number_id from import_staging where outcome = 'created' order by number_id`;

export const COUNT_OUTCOMES = `
  select coalesce(outcome, 'elsewhere') as outcome, count(*)::integer as count from import_staging group by 1`;

/** Rows that were not taken, in the order of the file. */
export const READ_REFUSED = `
  select s.line, s.e164, coalesce(s.outcome, 'elsewhere') as outcome, s.agent, s.client, g.name as holder
  from import_staging s
  left join agents g on g.organization_id = $1 and g.id = s.holder_id
  where s.outcome is null or s.outcome not in ('created', 'revived', 'updated', 'unchanged')
  order by s.line`;

/** A cost without a currency is in the organization's. */
function currencyFor(current: string): string {
  return `coalesce(s.currency, ${current}, case when s.monthly_cost is not null
    then (select o.currency from organizations o where o.id = $1) end)`;
}
