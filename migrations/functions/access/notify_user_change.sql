create or replace function notify_user_change()
returns trigger
language plpgsql as $$
begin
  perform pg_notify('ringfence_access', 'user:' || old.id);
  return null;
end
$$;

comment on function notify_user_change() is
  'Tells every process of the API to forget what it remembers of a person in all organizations. The message is user: and the id.';

create or replace trigger notify_change
  after update on users
  for each row
  when ((((old.email is distinct from new.email) or (old.platform_admin is distinct from new.platform_admin)) or (old.disabled_at is distinct from new.disabled_at))) execute function notify_user_change();
create or replace trigger notify_removal
  after delete on users
  for each row execute function notify_user_change();
