create or replace function copy_noted_agents()
returns trigger
language plpgsql as $$
declare
  v_noted text := concat_ws(',', nullif(current_setting('ringfence.noted_numbers', true), ''),
    nullif(current_setting('ringfence.newest_numbers', true), ''));
begin
  if v_noted <> '' then
    perform set_config('ringfence.noted_numbers', '', true);
    perform set_config('ringfence.newest_numbers', '', true);
    perform copy_agents_to_numbers(v_noted);
  end if;
  return null;
end
$$;

comment on function copy_noted_agents() is
  'At the end of a statement that ends or revives assignments: copies the agents of the numbers that note_assigned_number() noted.';

create or replace trigger copy_noted_agents
  after update of ended_at on agent_phone_numbers
  for each statement execute function copy_noted_agents();
