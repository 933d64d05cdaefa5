/**
 * Sets counters of an organization ($1) back to 0 and puts what they held into the archive of the day that they belong
 * to, in one statement: either both happen or neither. Rows are locked by agent and number, as the gate does, so that
 * neither waits for the other in a circle. The lock reads the newest version of a row, so what is archived is what the
 * counter held when no call could add to it any more.
 *
 * Ended assignments are set back as well, for they may come back. The day only moves forward (invariant G5): a row that is
 * ahead of the clock keeps its day.
 *
 * @param condition which counters, on `a`
 * @param join ids of the rows, joined to `a`, when not all that meet the condition are meant
 * @param also what else is set on their rows, with a comma before it
 */
function setCountersBack(condition: string, join: string, also: string): string {
  return `
    with locked as (
      select a.id, a.agent_id, a.phone_number_id, a.last_reset_date, a.calls_made_today
      from agent_phone_numbers a
      ${join}
      where a.organization_id = $1 and ${condition}
      order by a.agent_id, a.phone_number_id
      for no key update of a
    ), set_back as (
      update agent_phone_numbers a
      set calls_made_today = 0, last_reset_date = greatest(a.last_reset_date, $2::date)${also}
      from locked l
      where a.organization_id = $1 and a.id = l.id
      returning a.id
    ), archived as (
      insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id, calls_allowed)
      select $1, l.last_reset_date, l.agent_id, l.phone_number_id, l.calls_made_today
      from locked l
      where l.calls_made_today > 0
      on conflict (organization_id, local_date, agent_id, phone_number_id)
        do update set calls_allowed = u.calls_allowed + excluded.calls_allowed
      returning u.calls_allowed
    )
    select (select count(*)::integer from set_back) as counters, (select count(*)::integer from archived) as archived`;
}

/**
 * By hand: every counter that holds something, or those of one agent ($3). $2 is the usage day. The instant, read under
 * the lock, tells calls in the archive of the day from those in its counter, for one of them may be voided.
 */
export const RESET_COUNTERS = setCountersBack(
  'a.calls_made_today > 0 and ($3::uuid is null or a.agent_id = $3::uuid)',
  '',
  ', counter_reset_at = ringfence_clock()',
);

const BEFORE_TODAY = 'a.last_reset_date < $2::date';

/**
 * At midnight: counters of days before $2, at most $3 of them, so that calls of the new day wait for a short batch at
 * most. Two jobs at once are harmless: who comes second finds the day moved and leaves the row alone. The rows are found
 * as they lie, and only then put in the order in which they are locked.
 */
export const TURN_COUNTERS = setCountersBack(
  BEFORE_TODAY,
  `join (
        select a.id from agent_phone_numbers a where a.organization_id = $1 and ${BEFORE_TODAY} order by a.id limit $3
      ) due using (id)`,
  '',
);
