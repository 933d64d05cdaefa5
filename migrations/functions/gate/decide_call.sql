create or replace function decide_call(
  destination_refusal text, organization_suspended boolean, agent_active boolean, number_active boolean,
  assignment_paused boolean, destination_country text, destination_type text, allowed_countries text[],
  allowed_number_types text[])
returns text
language sql immutable parallel safe as $$
select case
  when destination_refusal is not null then destination_refusal
  when organization_suspended then 'organization_suspended'
  when not agent_active then 'agent_inactive'
  when not number_active then 'number_inactive'
  when assignment_paused then 'assignment_paused'
  when destination_type in ('FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'TOLL_FREE', 'VOIP') then
    case when destination_country = any (allowed_countries) then null else 'country_not_allowed' end
  when (destination_type = any (allowed_number_types)) is not true then 'number_type_blocked'
  when destination_country is null or destination_country = any (allowed_countries) then null
  else 'country_not_allowed'
end
$$;

comment on function decide_call(text,boolean,boolean,boolean,boolean,text,text,text[],text[]) is
  'The first refusal in the order of the reason codes, or NULL when only the daily limit is left to check. The policy of the gate: immutable, no table, no clock. The limit is not here, for it depends on the other calls of the batch.';
