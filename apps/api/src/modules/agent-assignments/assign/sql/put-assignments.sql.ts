/** Agents that shall call from numbers, each number once. The caller has locked agents and numbers. */
export interface AssignmentRows {
  /**
   * A from-item with the columns agent_id, phone_number_id, daily_limit, allowed_countries and allowed_number_types. What is
   * null stays as a live assignment has it, and is the default of a new one.
   */
  from: string;
  /** What is done with `done (id, phone_number_id, before)`: further CTEs, and a statement. */
  keep: string;
  /** From $2 on. */
  parameters: readonly unknown[];
}

/**
 * Makes assignments, or brings back those that tied the two before. Counter and day of a row that comes back stay as they
 * are: to unassign and assign again must not refresh an allowance. A new row begins on the organization's usage day, which
 * is what the gate would take for it. A live assignment that says the same already is left alone.
 *
 * Rows that are there are locked by agent and number first, as the gate does, and read as they are then. A subselect of one
 * row is always an index look-up. $1 organization.
 */
export const putAssignments = ({ from, keep }: Pick<AssignmentRows, 'from' | 'keep'>): string => `
  with wanted as materialized (
    select w.agent_id, w.phone_number_id, a.before,
      coalesce(w.daily_limit, case when a.live then a.daily_limit end) as daily_limit,
      coalesce(w.allowed_countries, case when a.live then a.allowed_countries end) as allowed_countries,
      coalesce(w.allowed_number_types, a.allowed_number_types, '{}') as allowed_number_types
    from (select * from ${from} given order by agent_id, phone_number_id) w
    left join lateral (
      select a.daily_limit, a.allowed_countries, a.allowed_number_types, a.ended_at is null as live, to_jsonb(a) as before
      from agent_phone_numbers a
      where a.organization_id = $1 and a.agent_id = w.agent_id and a.phone_number_id = w.phone_number_id
      limit 1
      for no key update
    ) a on true
    where a.live is not true
      or a.daily_limit <> coalesce(w.daily_limit, a.daily_limit)
      or a.allowed_countries is distinct from coalesce(w.allowed_countries, a.allowed_countries)
      or a.allowed_number_types <> coalesce(w.allowed_number_types, a.allowed_number_types)
  ), put as (
    insert into agent_phone_numbers as a
      (organization_id, agent_id, phone_number_id, daily_limit, allowed_countries, allowed_number_types, last_reset_date)
    select o.id, w.agent_id, w.phone_number_id, coalesce(w.daily_limit, o.default_daily_limit), w.allowed_countries,
      w.allowed_number_types,
      (clock.at at time zone
        effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at))::date
    from wanted w
    cross join organizations o
    cross join (select ringfence_clock() as at) clock
    where o.id = $1
    order by w.agent_id, w.phone_number_id
    on conflict (organization_id, agent_id, phone_number_id) do update
      set daily_limit = excluded.daily_limit, allowed_countries = excluded.allowed_countries,
        allowed_number_types = excluded.allowed_number_types,
        paused_at = case when a.ended_at is null then a.paused_at end, ended_at = null
    returning a.id, a.phone_number_id
  ), done as (
    select p.id, p.phone_number_id, w.before
    from put p join wanted w on w.phone_number_id = p.phone_number_id
  ) ${keep}`;

/** The same rules for every pair. $2 agents and $3 numbers (of one length), $4 limit or null, $5 countries, $6 types. */
export const PUT_PAIRS = putAssignments({
  from: `
    (select p.agent_id, p.phone_number_id, $4::integer as daily_limit, $5::text[] as allowed_countries,
       $6::text[] as allowed_number_types
     from unnest($2::uuid[], $3::uuid[]) p(agent_id, phone_number_id))`,
  keep: 'select id from done',
});
