create or replace function mark_sole_connection()
returns trigger
language plpgsql as $$
begin
  select o.numbers_per_agent = 'one' into new.sole_connection
  from organizations o where o.id = new.organization_id for share;
  new.sole_connection := coalesce(new.sole_connection, false);
  return new;
end
$$;

comment on function mark_sole_connection() is
  'Copies to a new connection whether the organization gives an agent one number only. Holds the organization for share, so that a change of the setting finds the row or the row finds the change.';

create or replace trigger sole_connection
  before insert or update of inbound_agent_id on phone_numbers
  for each row
  when ((new.inbound_agent_id is not null)) execute function mark_sole_connection();
