/**
 * Organizations that have finished days which are not rolled up. A new one begins with the day on which it was made, or
 * with yesterday when it was made today.
 */
export const DUE_ORGANIZATIONS = `
  select o.id
  from organizations o
  cross join (select ringfence_clock() as at) clock
  cross join lateral (
    select (clock.at at time zone
      effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at))::date as today
  ) d
  where o.last_rollup_date is null or o.last_rollup_date < d.today - 1
  order by o.id`;

/**
 * Claims an organization ($1) for the rest of the transaction and answers what is to do. No row comes back when another
 * process works on it right now, or has done all of it. Read again under the lock, because the list was read before it.
 * NO KEY UPDATE, so that new records may refer to the organization meanwhile.
 */
export const CLAIM_ORGANIZATION = `
  with claimed as (
    select * from organizations where id = $1 for no key update skip locked
  )
  select d.today::text as today,
    coalesce(o.last_rollup_date, least((o.created_at at time zone z.zone)::date, d.today - 1))::text as "firstDay",
    least(coalesce(o.last_rollup_date, (o.created_at at time zone z.zone)::date - 1) + $2::integer, d.today - 1)::text
      as "lastDay"
  from claimed o
  cross join (select ringfence_clock() as at) clock
  cross join lateral (
    select effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at) as zone
  ) z
  cross join lateral (select (clock.at at time zone z.zone)::date as today) d
  where o.last_rollup_date is null or o.last_rollup_date < d.today - 1`;

export interface ClaimedOrganization {
  today: string;
  /**
   * The last day that was rolled up, which is done again, for calls that ran across midnight were settled after it; the
   * very first day when none was.
   */
  firstDay: string;
  /** The last day to roll up in this transaction. */
  lastDay: string;
}

/**
 * Waits for settlements of an organization ($1) that may belong to a day which is read for the last time, and keeps new
 * ones waiting until the transaction ends. `add_to_rolled_up_day` holds the same lock, shared. Taken in a statement of its
 * own, so that the next one reads what they have committed.
 */
export const HOLD_LATE_SETTLEMENTS = `
  select pg_advisory_xact_lock(hashtextextended('ringfence.roll_up/' || $1::uuid, 0))`;

/** Moves the date of the last roll-up, forward only. */
export const FINISH_ROLL_UP = `
  update organizations set last_rollup_date = $2::date
  where id = $1 and (last_rollup_date is null or last_rollup_date < $2::date)`;
