/**
 * Takes a chunk of rows into the organization: a dozen set-based statements of one transaction over a temporary table,
 * beside those of the registry of numbers and of the assignments, which work on the same table.
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

/** A name as it looks: in any case, without invisible characters, and with one space for blanks of all kinds. */
const seen = (name: string): string => `
  lower(btrim(case when ${name} ~ '^[\\x21-\\x7e]+( [\\x21-\\x7e]+)*$' then ${name} else
    regexp_replace(
      regexp_replace(${name}, '[\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff]', '', 'g'),
      '[\\s\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+', ' ', 'g') end))`;

/** Whether what a row says of an agent fits one. */
const FITS = `(k.seen = w.seen or k.external_id = w.agent or k.id::text = lower(w.agent))`;

/**
 * Agents by name, external id or id. What fits several is refused, whichever of the three it is: a name may be what another
 * agent is called elsewhere. The agents are gone through once, for no index has names as they look.
 */
export const FIND_AGENTS = `
  with wanted as (
    select w.agent, ${seen('w.agent')} as seen
    from (select distinct agent from import_staging where agent is not null) w
  ), known as materialized (
    select g.id, g.status, g.external_id, ${seen('g.name')} as seen
    from agents g where g.organization_id = $1 and g.deleted_at is null
  ), fitting as (
    select w.agent, k.id, k.status from wanted w join known k on k.seen = w.seen
    union select w.agent, k.id, k.status from wanted w join known k on k.external_id = w.agent
    union select w.agent, k.id, k.status from wanted w join known k on k.id::text = lower(w.agent)
  ), named as (
    select w.agent, count(f.id) as agents, min(f.id::text)::uuid as id, min(f.status) as status
    from wanted w left join fitting f on f.agent = w.agent group by w.agent
  )
  update import_staging s set agent_id = case when n.agents = 1 then n.id end,
    outcome = coalesce(s.outcome, case
      when n.agents = 0 then 'agent_unknown'
      when n.agents > 1 then 'agent_ambiguous'
      when n.status <> 'active' then 'agent_inactive' end)
  from named n where n.agent = s.agent`;

/** Outcomes of rows that name an agent to whom no number is given, and that may say what is so already. */
export const NOT_GIVEN = ['agent_inactive', 'agent_ambiguous'];

/** Rows of these outcomes whose number the agent has with the same rules. $2 the numbers that are as their row says */
export const HELD_AS_SAID = `
  update import_staging s set outcome = 'unchanged'
  from agent_phone_numbers a
  join agents g on g.organization_id = $1 and g.id = a.agent_id
  cross join lateral (select g.id, g.external_id, ${seen('g.name')} as seen) k
  where s.outcome = any ('{${NOT_GIVEN.join(',')}}') and s.e164 = any ($2::text[])
    and a.organization_id = $1 and a.from_number = s.e164 and a.ended_at is null
    and (select true from (select s.agent, ${seen('s.agent')} as seen) w where ${FITS})
    and coalesce(s.daily_limit, a.daily_limit) = a.daily_limit
    and (s.allowed_countries is null
      or (s.allowed_countries @> a.allowed_countries and s.allowed_countries <@ a.allowed_countries))`;

/** So that they stay active until the end. */
export const LOCK_AGENTS = `
  select count(*) from (
    select from agents g where g.organization_id = $1 and g.status = 'active' and g.deleted_at is null
      and g.id in (select agent_id from import_staging where agent_id is not null)
    order by g.id for share) locked`;

/**
 * Numbers without voice that an agent shall call from. Whether an own number has it, its row may not say: those are judged
 * once they are found.
 */
export const NEW_WITHOUT_VOICE = `
  update import_staging s set outcome = 'number_cannot_call'
  where s.agent_id is not null and s.voice is false and s.outcome is null and (
    select true from phone_numbers n
    where n.e164 = s.e164 and n.organization_id = $1 and n.lifecycle <> 'released') is not true`;

/** One that the agent calls from already stays assigned, and the gate refuses its calls. */
export const OWN_WITHOUT_VOICE = `
  update import_staging s set outcome = 'number_cannot_call'
  from phone_numbers n
  where s.agent_id is not null and s.outcome = 'own' and s.holder_id is null
    and n.organization_id = $1 and n.id = s.number_id
    and not coalesce(s.voice, (n.capabilities ->> 'voice')::boolean, false)`;

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

/** Who calls from the numbers now. An import never takes a number away from an agent. */
export const FIND_HOLDERS = `
  update import_staging s
  set holder_id = a.agent_id, outcome = case when a.agent_id <> s.agent_id then 'assigned_elsewhere' else s.outcome end
  from agent_phone_numbers a
  where s.agent_id is not null and s.outcome = 'own'
    and a.organization_id = $1 and a.phone_number_id = s.number_id and a.ended_at is null`;

/**
 * Which agents shall call from which numbers. What the row does not say stays, or is the default; a file says nothing of
 * restricted types. In a dry run new numbers have no id, and nothing can stand in the way of their assignment.
 */
export const STAGED_ASSIGNMENTS = `
  (select s.agent_id, s.number_id as phone_number_id, s.daily_limit, s.allowed_countries,
     null::text[] as allowed_number_types
   from import_staging s
   where s.agent_id is not null and s.number_id is not null
     and s.outcome in ('created', 'revived', 'updated', 'unchanged'))`;

/** What was assigned is written down, and changes an own number that is unchanged otherwise. */
export const KEEP_ASSIGNMENTS = `
  , noted as (
    insert into import_changes (organization_id, import_job_id, kind, record_id, before)
    select $1, $2, 'assignment', done.id, done.before from done
  )
  update import_staging s set outcome = 'updated' from done
  where done.phone_number_id = s.number_id and s.outcome = 'unchanged'`;

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
