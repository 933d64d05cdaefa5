create or replace function notify_organization_removal()
returns trigger
language plpgsql as $$
begin
  perform pg_notify('ringfence_access', 'organization:' || old.id);
  return null;
end
$$;

comment on function notify_organization_removal() is
  'Tells every process of the API to forget the sessions and keys of an organization when it is deleted or brought back. The message is organization: and the id.';

create or replace trigger notify_removal
  after update on organizations
  for each row
  when ((old.deleted_at is distinct from new.deleted_at)) execute function notify_organization_removal();
