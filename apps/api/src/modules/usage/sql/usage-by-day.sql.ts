import { ledgerRange } from './ledger-range.sql.js';

/**
 * Calls of an organization ($1) from $2 to $3, by day and group. Exact whether the midnight job ran or not:
 *
 * - allowed: the archive, plus the counters of that day that are not set back yet;
 * - denied: the archive for days that are rolled up (up to $4, null when none is), the ledger for later ones.
 */
export function usageByDay(groupBy: 'agent' | 'number' | null): string {
  const group = { agent: 'agent_id', number: 'phone_number_id', none: 'null::uuid' }[groupBy ?? 'none'];
  return `
    with usage as (
      select local_date, ${group} as group_id, calls_allowed as allowed,
        case when local_date <= $4::date then calls_denied else 0 end as denied
      from usage_daily
      where organization_id = $1 and local_date between $2::date and $3::date
      union all
      select last_reset_date, ${group}, calls_made_today, 0
      from agent_phone_numbers
      where organization_id = $1 and last_reset_date between $2::date and $3::date and calls_made_today > 0
      union all
      select l.local_date, ${group}, 0, 1
      from call_authorizations l
      where l.organization_id = $1 and l.decision = 'denied'
        and ${ledgerRange('l', "greatest($2::date, coalesce($4::date + 1, '-infinity'))", '$3::date')}
    ), total as (
      -- The nil UUID of the archive is the missing agent or number of the ledger.
      select local_date, nullif(group_id, '00000000-0000-0000-0000-000000000000') as group_id,
        sum(allowed)::integer as allowed, sum(denied)::integer as denied
      from usage group by 1, 2
    )
    select t.local_date::text as "localDate", t.group_id::text as "groupId",
      ${{ agent: 'g.name', number: 'n.e164', none: 'null' }[groupBy ?? 'none']} as "groupLabel",
      t.allowed as "callsAllowed", t.denied as "callsDenied"
    from total t
    left join agents g on g.organization_id = $1 and g.id = t.group_id
    left join phone_numbers n on n.organization_id = $1 and n.id = t.group_id
    where t.allowed > 0 or t.denied > 0
    order by t.local_date, t.allowed desc, t.group_id`;
}

/**
 * The same by country of the destination. Refusals of a country stand in the ledger only, which is read for the whole
 * span. That is why a span is short for this question.
 */
export const USAGE_BY_COUNTRY = `
  with usage as (
    select u.local_date, c.key as country, c.value::integer as allowed, 0 as denied
    from usage_daily u
    cross join lateral jsonb_each_text(u.allowed_by_country) c
    where u.organization_id = $1 and u.local_date between $2::date and $3::date and u.local_date <= $4::date
    union all
    select l.local_date, coalesce(l.destination_country, ''),
      (l.decision = 'allowed' and l.local_date > coalesce($4::date, '-infinity') and l.status <> 'voided')::integer,
      (l.decision = 'denied')::integer
    from call_authorizations l
    where l.organization_id = $1 and ${ledgerRange('l', '$2::date', '$3::date')}
  )
  select local_date::text as "localDate", nullif(country, '') as "groupId", nullif(country, '') as "groupLabel",
    sum(allowed)::integer as "callsAllowed", sum(denied)::integer as "callsDenied"
  from usage
  group by local_date, country
  having sum(allowed) > 0 or sum(denied) > 0
  order by local_date, 4 desc, country`;
