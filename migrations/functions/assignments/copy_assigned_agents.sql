create or replace function copy_assigned_agents()
returns trigger
language plpgsql as $$
begin
  update phone_numbers n set assigned_agent_id = a.agent_id
  from inserted a
  where a.ended_at is null and n.organization_id = a.organization_id and n.id = a.phone_number_id;
  return null;
end
$$;

comment on function copy_assigned_agents() is
  'Copies the agent of each new assignment to its number, so that a list of numbers by assignment reads one table. One update for all rows of the statement.';

create or replace trigger copy_assigned_agents
  after insert on agent_phone_numbers
  referencing new table as inserted
  for each statement execute function copy_assigned_agents();
