create or replace function notify_api_key_change()
returns trigger
language plpgsql as $$
begin
  perform pg_notify('ringfence_access', 'key:' || encode(old.key_hash, 'hex'));
  return null;
end
$$;

comment on function notify_api_key_change() is
  'Tells every process of the API to forget what it remembers of a key. The message is key: and the SHA-256 of the key, enough to forget by. Commits that notify go one after the other for the whole server, so a change that happens for each call, such as the last use, must not fire this.';

create or replace trigger notify_change
  after update on api_keys
  for each row
  when (((((((old.key_hash is distinct from new.key_hash) or (old.organization_id is distinct from new.organization_id)) or (old.name is distinct from new.name)) or (old.scopes is distinct from new.scopes)) or (old.expires_at is distinct from new.expires_at)) or (old.revoked_at is distinct from new.revoked_at))) execute function notify_api_key_change();
create or replace trigger notify_removal
  after delete on api_keys
  for each row execute function notify_api_key_change();
