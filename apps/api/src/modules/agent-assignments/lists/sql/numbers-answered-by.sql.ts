import type { PhoneNumberProvider } from '#contracts';

/**
 * The numbers whose inbound calls an agent ($2) answers, those of the clients $3 only unless that is null. What may be called from such a number stands in its outbound
 * assignment, of whichever agent; a number without one can place no call, hence the zeros and the empty list.
 */
export const NUMBERS_ANSWERED_BY = `
  select n.id, n.e164 as "phoneNumber", n.provider, n.country_code as "countryCode",
    coalesce(f.daily_limit, 0) as "dailyLimit",
    case when f.assignment_id is null then '{}' else a.allowed_countries end as "allowedCountries",
    coalesce(f.used, 0) as "callsMadeToday", greatest(coalesce(f.daily_limit - f.used, 0), 0) as remaining,
    coalesce(f.resets_at, usage_day_ends_at(
      (clock.at at time zone
        effective_time_zone(o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at))::date,
      o.time_zone, o.previous_time_zone, o.time_zone_effective_at, clock.at)) as "resetsAt"
  from (select ringfence_clock() as at) clock
  cross join organizations o
  join phone_numbers n on n.organization_id = o.id
  left join agent_phone_numbers a
    on a.organization_id = n.organization_id and a.phone_number_id = n.id and a.ended_at is null
  left join lateral gate_facts(clock.at) f on f.organization_id = a.organization_id
    and f.assignment_id = a.id and f.phone_number_id = a.phone_number_id
  where o.id = $1 and n.inbound_agent_id = $2 and n.lifecycle <> 'released'
    and ($3::uuid[] is null or n.client_id = any ($3))
  order by n.e164`;

export interface AnsweredNumberRow {
  id: string;
  phoneNumber: string;
  provider: PhoneNumberProvider;
  countryCode: string | null;
  dailyLimit: number;
  allowedCountries: string[] | null;
  callsMadeToday: number;
  remaining: number;
  resetsAt: Date;
}
