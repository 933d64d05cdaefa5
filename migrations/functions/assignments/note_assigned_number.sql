create or replace function note_assigned_number()
returns trigger
language plpgsql as $$
declare
  v_newest text := concat_ws(',', nullif(current_setting('ringfence.newest_numbers', true), ''), new.phone_number_id);
  v_noted text;
begin
  if octet_length(v_newest) >= 50 * 37 - 1 then
    v_noted := concat_ws(',', nullif(current_setting('ringfence.noted_numbers', true), ''), v_newest);
    v_newest := '';
    if octet_length(v_noted) >= 1000 * 37 - 1 then
      perform copy_agents_to_numbers(v_noted);
      v_noted := '';
    end if;
    perform set_config('ringfence.noted_numbers', v_noted, true);
  end if;
  perform set_config('ringfence.newest_numbers', v_newest, true);
  return null;
end
$$;

comment on function note_assigned_number() is
  'Notes the number of a row whose assignment ended or was revived, in settings that end with the transaction; a thousand are then updated together. A trigger on a column has no transition table, and one on all columns would burden each call at the gate. A row writes a short text, of which fifty fill the long one: setting a text of a thousand numbers takes longer than copying one of them.';

create or replace trigger note_assigned_number
  after update of ended_at on agent_phone_numbers
  for each row
  when (((old.ended_at is null) <> (new.ended_at is null))) execute function note_assigned_number();
