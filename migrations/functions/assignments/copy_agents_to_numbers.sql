create or replace function copy_agents_to_numbers(p_noted text)
returns void
language sql as $$
update phone_numbers n set assigned_agent_id = (
  select a.agent_id from agent_phone_numbers a
  where a.organization_id = n.organization_id and a.phone_number_id = n.id and a.ended_at is null)
where n.id = any (string_to_array(p_noted, ',')::uuid[])
$$;

comment on function copy_agents_to_numbers(text) is
  'Copies the agents of live assignments to the numbers whose ids are given, separated by commas. The caller holds the locks of the numbers.';
