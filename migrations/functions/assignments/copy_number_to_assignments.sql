create or replace function copy_number_to_assignments()
returns trigger
language plpgsql as $$
begin
  update agent_phone_numbers a
  set number_active = new.lifecycle = 'active', from_number = new.e164, provider = new.provider,
    number_can_call = coalesce((new.capabilities ->> 'voice')::boolean, false),
    platform = new.platform, platform_number_id = new.platform_id
  where a.organization_id = new.organization_id and a.phone_number_id = new.id and a.ended_at is null;
  return null;
end
$$;

comment on function copy_number_to_assignments() is
  'Copies the number, its provider, its platform link and whether it is active and can call to its live assignment, for the gate decides by the row that it has locked.';

create or replace trigger copy_to_assignments
  after update of lifecycle, e164, provider, capabilities, platform, platform_id on phone_numbers
  for each row
  when (((old.lifecycle <> new.lifecycle) or (old.e164 <> new.e164) or (old.provider <> new.provider) or (old.capabilities <> new.capabilities) or ((old.platform, old.platform_id) is distinct from (new.platform, new.platform_id)))) execute function copy_number_to_assignments();
