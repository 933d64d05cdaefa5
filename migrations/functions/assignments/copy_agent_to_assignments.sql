create or replace function copy_agent_to_assignments()
returns trigger
language plpgsql as $$
begin
  perform from agent_phone_numbers a
  where a.organization_id = new.organization_id and a.agent_id = new.id and a.ended_at is null
  order by a.phone_number_id for no key update;
  update agent_phone_numbers a set agent_active = new.status = 'active' and new.deleted_at is null
  where a.organization_id = new.organization_id and a.agent_id = new.id and a.ended_at is null;
  return null;
end
$$;

comment on function copy_agent_to_assignments() is
  'Copies whether the agent may call to its live assignments, for the gate decides by the row that it has locked. Locks the assignments in the order of the gate, by number, before it writes them.';

create or replace trigger copy_to_assignments
  after update of status, deleted_at on agents
  for each row
  when (((old.status <> new.status) or ((old.deleted_at is null) <> (new.deleted_at is null)))) execute function copy_agent_to_assignments();
