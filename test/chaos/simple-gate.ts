import type { TestDatabase } from '../support/database.js';

/**
 * A gate of the test's own that decides one call after the other, as one would write it first. It is right. Each mutant
 * replaces one part of it by something that people do write.
 */
const PARTS = {
  /** Who waits for whom: every assignment of the batch, in id order. */
  lock: `
    perform from agent_phone_numbers a
    where a.organization_id = any (p_organization) and (a.id = any (p_assignment) or a.agent_id = any (p_agent))
    order by a.organization_id, a.id for no key update;`,
  claim: `
    insert into idempotency_keys (organization_id, key, fingerprint, authorization_id, expires_at)
    select distinct on (c.org, c.key) c.org, c.key, c.fingerprint, c.id, ringfence_clock() + p_key_retention
    from unnest(p_organization, p_key, p_fingerprint, v_ids) with ordinality c(org, key, fingerprint, id, i)
    where c.key is not null order by c.org, c.key, c.i
    on conflict do nothing;`,
  isReplay: `exists (
      select from idempotency_keys k
      where k.organization_id = p_organization[i] and k.key = p_key[i] and k.authorization_id <> v_ids[i])`,
  /** What a retry is told of the call `l`: whether it may be placed now. */
  retried: `
    case
      when l.decision = 'denied' then l.reason_code
      when l.status in ('completed', 'voided') then 'authorization_' || l.status
      when l.expires_at < ringfence_clock() then 'authorization_expired'
      else coalesce((
        select case
          when p_refusal[i] is not null then p_refusal[i]
          when o.suspended_at is not null then 'organization_suspended'
          when g.status <> 'active' then 'agent_inactive'
          when n.lifecycle <> 'active' then 'number_inactive'
          when a.paused_at is not null then 'assignment_paused'
          when not p_country[i] = any (coalesce(a.allowed_countries, o.default_allowed_countries))
            then 'country_not_allowed'
          else l.reason_code
        end
        from agent_phone_numbers a, organizations o, agents g, phone_numbers n
        where a.id = l.assignment_id and a.ended_at is null and o.id = a.organization_id and g.id = a.agent_id
          and n.id = a.phone_number_id), 'no_assignment')
    end`,
  clock: 'ringfence_clock()',
  find: `
    select a.* into v_row from agent_phone_numbers a
    where a.organization_id = p_organization[i] and a.ended_at is null
      and (a.id = p_assignment[i] or p_assignment[i] is null and a.agent_id = p_agent[i])
    order by a.id limit 1;
    v_limit := v_row.daily_limit;`,
  isNewDay: 'v_row.last_reset_date < v_day',
  country: 'p_country[i]',
  beforeCount: '',
  beforeDecision: '',
  settings: '',
};
type Part = keyof typeof PARTS;

/** Puts the simple gate in the place of the real one. Signature and rows are those that the database has. */
export async function installSimpleGate(
  db: TestDatabase,
  mutations: Partial<Record<Part, string>> = {},
): Promise<void> {
  const [real] = await db.query(
    `select pg_get_function_arguments(oid) as arguments, pg_get_function_result(oid) as result
     from pg_proc where proname = 'gate_authorize'`,
  );
  await db.query(`
    create or replace function gate_authorize(${real!['arguments']}) returns ${real!['result']}
    language plpgsql volatile as $gate$ ${bodyOf({ ...PARTS, ...mutations })} $gate$`);
}

function bodyOf(part: Record<Part, string>): string {
  return `
  #variable_conflict use_column
  declare
    v_ids uuid[] := array(select uuidv7() from generate_series(1, cardinality(p_organization)));
    v_row agent_phone_numbers;
    v_org organizations;
    v_number phone_numbers;
    v_active boolean;
    v_limit integer;
    v_now timestamptz;
    v_day date;
    v_used integer;
    v_reason text;
    v_ends timestamptz;
    v_expires timestamptz;
  begin
    perform set_config('ringfence.organization_ids',
      (select array_agg(distinct o)::text from unnest(p_organization) o), true);
    ${part.settings}
    ${part.claim}
    ${part.lock}
    for i in 1..cardinality(p_organization) loop
      if ${part.isReplay} then
        return query
        select i, case when k.fingerprint = p_fingerprint[i] then 'replayed' else 'key_reused' end, l.id, ${part.retried},
          l.phone_number_id, l.from_number, l.provider, l.destination, l.destination_country, l.destination_type,
          l.limit_at, l.used_after, l.resets_at, l.expires_at, l.platform, l.platform_number_id
        from idempotency_keys k
        join call_authorizations l on l.organization_id = k.organization_id and l.id = k.authorization_id
        where k.organization_id = p_organization[i] and k.key = p_key[i];
        continue;
      end if;
      ${part.beforeDecision}
      v_row := null; v_number := null; v_used := null; v_limit := null; v_expires := null;
      v_now := ${part.clock};
      select o.* into v_org from organizations o where o.id = p_organization[i];
      v_day := (v_now at time zone v_org.time_zone)::date;
      ${part.find}
      if v_row.id is null then
        v_reason := coalesce(p_refusal[i], 'no_assignment');
      else
        select n.* into v_number from phone_numbers n where n.id = v_row.phone_number_id;
        select g.status = 'active' into v_active from agents g where g.id = v_row.agent_id;
        if ${part.isNewDay} then
          insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
          values (v_row.organization_id, v_row.last_reset_date, v_row.agent_id, v_row.phone_number_id, v_row.calls_made_today)
          on conflict (organization_id, local_date, agent_id, phone_number_id)
            do update set calls_allowed = u.calls_allowed + excluded.calls_allowed;
          update agent_phone_numbers a set calls_made_today = 0, last_reset_date = v_day where a.id = v_row.id;
          v_row.calls_made_today := 0;
          v_row.last_reset_date := v_day;
        end if;
        v_day := v_row.last_reset_date;
        v_used := v_row.calls_made_today;
        v_reason := case
          when p_refusal[i] is not null then p_refusal[i]
          when v_org.suspended_at is not null then 'organization_suspended'
          when not v_active then 'agent_inactive'
          when v_number.lifecycle <> 'active' then 'number_inactive'
          when v_row.paused_at is not null then 'assignment_paused'
          when p_type[i] = 'PREMIUM_RATE' then 'number_type_blocked'
          when not ${part.country} = any (coalesce(v_row.allowed_countries, v_org.default_allowed_countries))
            then 'country_not_allowed'
          when v_used >= v_limit then 'daily_limit_reached'
          else 'allowed'
        end;
        if v_reason = 'allowed' then
          v_used := v_used + 1;
          v_expires := v_now + p_lease;
          ${part.beforeCount}
          update agent_phone_numbers a set calls_made_today = v_used where a.id = v_row.id;
        end if;
      end if;
      v_ends := (v_day + 1)::timestamp at time zone v_org.time_zone;
      insert into call_authorizations (
        organization_id, id, assignment_id, agent_id, phone_number_id, from_number, provider, destination,
        destination_country, destination_type, decision, reason_code, local_date, used_after, limit_at, status,
        authorized_by, decided_at, resets_at, expires_at)
      values (p_organization[i], v_ids[i], coalesce(v_row.id, p_assignment[i]), coalesce(v_row.agent_id, p_agent[i]),
        v_number.id, v_number.e164, v_number.provider, p_destination[i], ${part.country}, p_type[i],
        case when v_reason = 'allowed' then 'allowed' else 'denied' end, v_reason, v_day, v_used, v_limit,
        case when v_reason = 'allowed' then 'authorized' else 'denied' end, p_authorized_by[i], ringfence_clock(), v_ends, v_expires);
      return query select i, 'decided'::text, v_ids[i], v_reason, v_number.id, v_number.e164, v_number.provider,
        p_destination[i], ${part.country}, p_type[i], v_limit, v_used, v_ends, v_expires,
        v_number.platform, v_number.platform_id;
    end loop;
  end`;
}

/** Stale counter or limit: no transaction waits for another, and what is read is old when it is written. */
export const READ_THEN_WRITE = { lock: '', beforeCount: 'perform pg_sleep(0.03);' };

/**
 * The limit comes from another table in the statement that takes the lock: a statement that had to wait sees the newest
 * row, but the other table as it was before.
 */
export const LIMIT_OF_ANOTHER_TABLE = {
  lock: '',
  find: `
    select a.id, l.daily_limit into v_row.id, v_limit from agent_phone_numbers a
    join limits_of_assignments l on l.id = a.id
    where a.organization_id = p_organization[i] and a.ended_at is null
      and (a.id = p_assignment[i] or p_assignment[i] is null and a.agent_id = p_agent[i])
    for no key update of a;
    select a.* into v_row from agent_phone_numbers a where a.id = v_row.id;`,
};

/** The other table, kept up by a trigger. */
export const LIMITS_TABLE = `
  create table limits_of_assignments as select id, daily_limit from agent_phone_numbers;
  grant select on limits_of_assignments to ringfence_app;
  create function copy_limit() returns trigger language plpgsql security definer as $$
  begin
    update limits_of_assignments set daily_limit = new.daily_limit where id = new.id;
    return new;
  end $$;
  create trigger copy_limit after update of daily_limit on agent_phone_numbers for each row execute function copy_limit()`;
export const DROP_LIMITS_TABLE = `
  drop trigger copy_limit on agent_phone_numbers; drop function copy_limit(); drop table limits_of_assignments`;

/** Unassigning and assigning again makes the assignment anew: another id, and an allowance that no call has used. */
export const RECREATE_ON_ASSIGN = `
  create function recreate() returns trigger language plpgsql as $$
  begin
    if old.ended_at is not null and new.ended_at is null then
      new.id := uuidv7();
      new.calls_made_today := 0;
    end if;
    return new;
  end $$;
  create trigger recreate before update on agent_phone_numbers for each row execute function recreate()`;
export const DROP_RECREATE = 'drop trigger recreate on agent_phone_numbers; drop function recreate()';

export const NO_IDEMPOTENCY = { isReplay: 'false' };

/** A retry is told what was told first, whatever has happened since. */
export const TOLD_AS_BEFORE = { retried: 'l.reason_code' };

/** No call is placed by a retry. */
export const RETRIES_DENIED = {
  retried: `case when l.decision = 'denied' then l.reason_code else 'authorization_expired' end`,
};

/** Every call of this destination fails, which the API answers with 503. */
export const FAIL_FOR_CANADA = {
  beforeDecision: `if p_country[i] = 'CA' then raise exception 'out of order'; end if;`,
};

/** The clock of an API server that is a day and two hours ahead. */
export const CLOCK_OF_THE_API = { clock: `(ringfence_clock() + interval '26 hours')` };

/** A counter belongs to the day before until the job comes by. */
export const DAY_OF_THE_MIDNIGHT_JOB = { isNewDay: 'false' };

/** Another day is a new day, also one that is over. */
export const DAY_THAT_GOES_BACK = { isNewDay: 'v_row.last_reset_date <> v_day' };

/** Callers say which country they call, and all of them say the US. */
export const COUNTRY_OF_THE_CALLER = { country: `'US'` };

/** What decides is read from a copy that is as old as the first call. */
export const STALE_PAUSE = {
  find: `${PARTS.find}
    select p.paused_at into v_row.paused_at from remembered_assignments p where p.id = v_row.id;`,
};

/** Which numbers an agent has is read from such a copy. */
export const STALE_NUMBERS = {
  find: PARTS.find.replace('where', 'where a.id in (select p.id from remembered_assignments p) and'),
};
export const REMEMBER_ASSIGNMENTS = `
  create table remembered_assignments as select id, paused_at from agent_phone_numbers;
  grant select on remembered_assignments to ringfence_app`;
export const FORGET_ASSIGNMENTS = 'drop table remembered_assignments';

/** Commits are reported before they are safe. */
export const ASYNCHRONOUS_COMMIT = { settings: `perform set_config('synchronous_commit', 'off', true);` };
