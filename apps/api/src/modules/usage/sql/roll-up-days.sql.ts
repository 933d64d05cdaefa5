import { ledgerRange } from './ledger-range.sql.js';

const NIL = `'00000000-0000-0000-0000-000000000000'::uuid`;

/**
 * Totals of an organization's ($1) finished days ($2 to $3) out of the ledger. They are set, not added, so that a
 * second run changes nothing. `calls_allowed` is not touched: it is the sum of the archived counters, which has its own
 * way. A refusal without agent or number stands under the nil UUID.
 */
export const ROLL_UP_DAYS = `
  with call as (
    select l.local_date, coalesce(l.agent_id, ${NIL}) as agent_id, coalesce(l.phone_number_id, ${NIL}) as number_id,
      l.decision, l.reason_code, coalesce(l.destination_country, '') as country, l.status, l.duration_seconds
    from call_authorizations l
    where l.organization_id = $1 and ${ledgerRange('l', '$2::date', '$3::date')}
  ), part as (
    select local_date, agent_id, number_id, decision,
      case when decision = 'denied' then reason_code else country end as word,
      count(*) filter (where status <> 'voided') as calls,
      count(*) filter (where status = 'completed') as completed, coalesce(sum(duration_seconds), 0) as seconds
    from call
    group by 1, 2, 3, 4, 5
  )
  insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id,
    calls_denied, calls_completed, duration_seconds, allowed_by_country, denied_by_reason)
  select $1, local_date, agent_id, number_id,
    coalesce(sum(calls) filter (where decision = 'denied'), 0), sum(completed), sum(seconds),
    coalesce(jsonb_object_agg(word, calls) filter (where decision = 'allowed' and calls > 0), '{}'),
    coalesce(jsonb_object_agg(word, calls) filter (where decision = 'denied'), '{}')
  from part
  group by local_date, agent_id, number_id
  order by local_date, agent_id, number_id
  on conflict (organization_id, local_date, agent_id, phone_number_id) do update
    set calls_denied = excluded.calls_denied, calls_completed = excluded.calls_completed,
      duration_seconds = excluded.duration_seconds, allowed_by_country = excluded.allowed_by_country,
      denied_by_reason = excluded.denied_by_reason`;
