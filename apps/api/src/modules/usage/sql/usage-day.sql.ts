/** The organization's ($1) usage day right now. Dates come as text: a Date would put them into the server's zone. */
export const USAGE_DAY = `
  select clock.at, d.day::text as "localDate", z.zone as "timeZone",
    usage_day_ends_at(d.day, o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at) as "resetsAt",
    o.last_rollup_date::text as "rolledUpTo"
  from organizations o
  cross join (select ringfence_clock() as at) clock
  cross join lateral (
    select effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at) as zone
  ) z
  cross join lateral (select (clock.at at time zone z.zone)::date as day) d
  where o.id = $1`;

export interface UsageDay {
  at: Date;
  localDate: string;
  timeZone: string;
  resetsAt: Date;
  /** The last date whose ledger is in the archive; null before the first roll-up. */
  rolledUpTo: string | null;
}
