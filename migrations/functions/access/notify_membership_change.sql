create or replace function notify_membership_change()
returns trigger
language plpgsql as $$
begin
  perform pg_notify('ringfence_access', 'user:' || coalesce(new.user_id, old.user_id));
  return null;
end
$$;

comment on function notify_membership_change() is
  'Tells every process of the API to forget what it remembers of a person in an organization. The message is user: and the id.';

create or replace trigger notify_change
  after insert or delete or update on memberships
  for each row execute function notify_membership_change();
