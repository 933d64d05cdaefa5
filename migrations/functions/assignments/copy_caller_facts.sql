create or replace function copy_caller_facts()
returns trigger
language plpgsql as $$
begin
  select g.status = 'active' and g.deleted_at is null, n.lifecycle = 'active', n.e164, n.provider,
    o.numbers_per_agent = 'one', coalesce((n.capabilities ->> 'voice')::boolean, false),
    n.platform, n.platform_id
  into new.agent_active, new.number_active, new.from_number, new.provider, new.sole, new.number_can_call,
    new.platform, new.platform_number_id
  from agents g, phone_numbers n, organizations o
  where g.organization_id = new.organization_id and g.id = new.agent_id
    and n.organization_id = new.organization_id and n.id = new.phone_number_id
    and o.id = new.organization_id
  for share;
  new.sole := coalesce(new.sole, false);
  return new;
end
$$;

comment on function copy_caller_facts() is
  'Copies to a new or revived assignment what the agent, the number and the organization say. Holds the three rows for share: a change of one of them waits, and then finds this assignment. Where one is missing nothing is copied, and a constraint refuses the row.';

create or replace trigger copy_caller_facts
  before insert or update of ended_at on agent_phone_numbers
  for each row
  when ((new.ended_at is null)) execute function copy_caller_facts();
