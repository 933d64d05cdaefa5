create or replace function copy_numbers_per_agent()
returns trigger
language plpgsql as $$
begin
  perform from agent_phone_numbers a
  where a.organization_id = new.id and a.ended_at is null
  order by a.agent_id, a.phone_number_id for no key update;
  update agent_phone_numbers a set sole = new.numbers_per_agent = 'one'
  where a.organization_id = new.id and a.ended_at is null;
  update phone_numbers n set sole_connection = new.numbers_per_agent = 'one'
  where n.organization_id = new.id and n.inbound_agent_id is not null;
  return null;
end
$$;

comment on function copy_numbers_per_agent() is
  'Copies the setting that gives an agent one number only to the live assignments and connections of the organization, where unique indexes hold it. Locks the assignments in the order of the gate, by agent and number, before it writes them.';

create or replace trigger sole_numbers
  after update of numbers_per_agent on organizations
  for each row
  when ((old.numbers_per_agent <> new.numbers_per_agent)) execute function copy_numbers_per_agent();
