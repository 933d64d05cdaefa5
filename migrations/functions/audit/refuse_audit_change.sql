create or replace function refuse_audit_change()
returns trigger
language plpgsql as $$
begin
  raise exception 'An audit event is never changed or removed.' using errcode = 'insufficient_privilege';
end
$$;

comment on function refuse_audit_change() is
  'Keeps an audit event as it was written; only a link to the chain may be added once. The trigger holds for the owner of the table as well.';

create or replace trigger refuse_change
  before update on audit_events
  for each row
  when (((old.sequence is not null) or ((((((((((((old.organization_id is distinct from new.organization_id) or (old.id is distinct from new.id)) or (old.occurred_at is distinct from new.occurred_at)) or (old.actor_kind is distinct from new.actor_kind)) or (old.actor_id is distinct from new.actor_id)) or (old.actor_label is distinct from new.actor_label)) or (old.action is distinct from new.action)) or (old.subject_type is distinct from new.subject_type)) or (old.subject_id is distinct from new.subject_id)) or (old.related_ids is distinct from new.related_ids)) or (old.changes is distinct from new.changes)) or (old.request_id is distinct from new.request_id)))) execute function refuse_audit_change();
create or replace trigger refuse_removal
  before delete on audit_events
  for each row execute function refuse_audit_change();
create or replace trigger refuse_truncation
  before truncate on audit_events
  for each statement execute function refuse_audit_change();
