create or replace function gate_checks(facts assignment_facts, call call_facts)
returns table (
  destination text, assignment text, organization text, agent text, number text, pause text, number_type text,
  country text, refused text, place integer, type_is_free boolean, country_is_free boolean)
language sql immutable parallel safe rows 1 as $$
select k.*,
  coalesce(k.destination, k.assignment, k.organization, k.agent, k.number, k.pause, k.number_type, k.country),
  case
    when k.destination is not null then 1
    when k.assignment is not null then 2
    when k.organization is not null then 3
    when k.agent is not null then 4
    when k.number is not null then 5
    when k.pause is not null then 6
    when k.number_type is not null then 7
    when k.country is not null then 8
  end,
  d.type_is_free,
  call.country is null and not d.type_is_free
from (
  select (call.type in ('FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'TOLL_FREE', 'VOIP')) is true as type_is_free
) d
cross join lateral (
  select
    call.refusal as destination,
    case when facts.assignment_id is null then 'no_assignment' end as assignment,
    case when facts.organization_suspended then 'organization_suspended' end as organization,
    case when not facts.agent_active then 'agent_inactive' end as agent,
    case when not facts.number_active then 'number_inactive'
      when not facts.number_can_call then 'number_cannot_call' end as number,
    case when facts.paused then 'assignment_paused' end as pause,
    case when not d.type_is_free and (call.type = any (facts.allowed_number_types)) is not true
      then 'number_type_blocked' end as number_type,
    case when (call.country = any (facts.allowed_countries)) is not true
      and (d.type_is_free or call.country is not null) then 'country_not_allowed' end as country
) k
$$;

comment on function gate_checks(assignment_facts,call_facts) is
  'The policy of the gate: every check by the name that the catalogue gives it (libs/contracts/src/checks.ts), NULL where it passes and else its reason code. refused is the first refusal in the order of the catalogue and place the position of its check; both are NULL when only the daily limit is left, which depends on the other calls of the batch. type_is_free and country_is_free tell that a check needs no rule of the assignment. Immutable: no table, no clock. A function of one select over its arguments, so that PostgreSQL puts it in the place of its call, where the composites fall away and a column that the caller does not read costs nothing (docs/adr/0020-checks-are-a-catalogue.md).';
