create or replace function audit_event_text(event audit_events, place bigint)
returns text
language sql stable as $$
select jsonb_build_array('ringfence-audit-1', event.organization_id, place, event.id,
  (extract(epoch from event.occurred_at) * 1000000)::bigint, event.actor_kind, event.actor_id, event.actor_label,
  event.action, event.subject_type, event.subject_id, to_jsonb(event.related_ids), event.changes,
  event.request_id)::text
$$;

comment on function audit_event_text(audit_events,bigint) is
  'The canonical text of an audit event at its place in the chain: what its hash covers. A change of this text breaks every chain, so it carries the version ringfence-audit-1. Stable, because a row is turned into JSON by the session''s settings.';
