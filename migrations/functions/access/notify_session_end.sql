create or replace function notify_session_end()
returns trigger
language plpgsql as $$
begin
  perform pg_notify('ringfence_access', 'session:' || old.id);
  return null;
end
$$;

comment on function notify_session_end() is
  'Tells every process of the API that a session has ended, so that its access tokens end as well. The message is session: and the id.';

create or replace trigger notify_end
  after update on sessions
  for each row
  when (((old.ended_at is null) and (new.ended_at is not null))) execute function notify_session_end();
