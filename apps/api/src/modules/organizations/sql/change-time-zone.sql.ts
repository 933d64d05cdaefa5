/**
 * Changes the zone of an organization from the next midnight of its old zone on, so that no usage day is cut short and
 * none grants its limit twice. A further change before that midnight leaves the zone that counts until then as it is,
 * and going back to that zone takes the change back. The clock is the one that the gate decides by.
 *
 * The caller holds the lock of the row: the subselect reads it a second time.
 *
 * $1 uuid: organization. $2 text: new zone (IANA).
 */
export const CHANGE_TIME_ZONE = `
  update organizations o
  set time_zone = $2,
    previous_time_zone = case when $2 = c.zone then null else c.zone end,
    time_zone_effective_at = case
      when $2 = c.zone then null
      when c.change_is_ahead then o.time_zone_effective_at
      else ((c.at at time zone c.zone)::date + 1)::timestamp at time zone c.zone
    end
  from (
    select p.id, clock.at, coalesce(clock.at < p.time_zone_effective_at, false) as change_is_ahead,
      effective_time_zone(p.time_zone, p.previous_time_zone, p.time_zone_effective_at, clock.at) as zone
    from organizations p
    cross join (select ringfence_clock() as at) clock
    where p.id = $1
  ) c
  where o.id = c.id
`;
