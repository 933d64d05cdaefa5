import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './row-level-security.js';

/** Everything of an event but its link. */
const CONTENT = [
  'organization_id',
  'id',
  'occurred_at',
  'actor_kind',
  'actor_id',
  'actor_label',
  'action',
  'subject_type',
  'subject_id',
  'related_ids',
  'changes',
  'request_id',
];
const contentOf = (row: string) => `(${CONTENT.map((column) => `${row}.${column}`).join(', ')})`;

/** What whoever acts may say. The id and the time are the database's. */
const GIVEN = CONTENT.filter((column) => column !== 'id' && column !== 'occurred_at').join(', ');

/**
 * Links an organization's audit events into a chain: each carries a number without gaps and the SHA-256 of its content
 * and of the link before it.
 *
 * Events are written without a link, and linked a moment later by `link_audit_events`, one linker at a time for an
 * organization. Linking in the transaction that writes would make all writes of an organization wait for each other's
 * commits, and would be one more lock for them to deadlock on. ADR 12 says more.
 *
 * What was written before this migration has no link either, so the first linker to come by links it, oldest first.
 */
export class AddAuditChain1795400003000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table audit_events
        add column related_ids uuid[] not null default '{}',
        add column sequence bigint,
        add column previous_hash bytea,
        add column hash bytea,
        add constraint link_is_whole check (
          num_nulls(sequence, previous_hash, hash) = 3
          or (num_nulls(sequence, previous_hash, hash) = 0 and sequence > 0
            and length(previous_hash) = 32 and length(hash) = 32)
        ),
        add constraint audit_events_sequence_key unique (organization_id, sequence);
      comment on column audit_events.related_ids is
        'Other records that the event is about: the agent and the number of an assignment, the items of a bulk operation.';
      comment on column audit_events.sequence is 'The place in the chain of the organization; null until it is linked.';
      create index audit_events_unlinked on audit_events (organization_id, occurred_at, id) where sequence is null;
      create index audit_events_related on audit_events using gin (related_ids) where related_ids <> '{}';
      create index audit_events_actor on audit_events (organization_id, actor_id, id);

      create table audit_chain_heads (
        organization_id uuid primary key references organizations,
        sequence bigint not null default 0,
        hash bytea not null default decode(repeat('00', 32), 'hex') check (length(hash) = 32)
      );
      comment on table audit_chain_heads is 'The last link of each chain, and the lock of whoever appends to it.';
    `);
    await protectTenantTable(queryRunner, 'audit_chain_heads', { app: 'select', system: 'select, insert, update' });
    await queryRunner.query(`
      revoke insert on audit_events from ringfence_app, ringfence_system;
      grant insert (${GIVEN}) on audit_events to ringfence_app, ringfence_system;
      grant select, update (sequence, previous_hash, hash) on audit_events to ringfence_system;

      create function refuse_audit_change() returns trigger language plpgsql as $$
      begin
        raise exception 'An audit event is never changed or removed.' using errcode = 'insufficient_privilege';
      end
      $$;
      create trigger refuse_change before update on audit_events for each row
        when (old.sequence is not null or ${contentOf('old')} is distinct from ${contentOf('new')})
        execute function refuse_audit_change();
      create trigger refuse_removal before delete on audit_events for each row execute function refuse_audit_change();
      create trigger refuse_truncation before truncate on audit_events for each statement
        execute function refuse_audit_change();

      -- The text whose SHA-256, after the hash of the link before, is the event's hash. A JSON array, for the borders of
      -- its items are certain; times as whole microseconds, for nothing then depends on a session's settings.
      create function audit_event_text(event audit_events, place bigint) returns text language sql stable as $$
        select jsonb_build_array('ringfence-audit-1', event.organization_id, place, event.id,
          (extract(epoch from event.occurred_at) * 1000000)::bigint, event.actor_kind, event.actor_id, event.actor_label,
          event.action, event.subject_type, event.subject_id, to_jsonb(event.related_ids), event.changes,
          event.request_id)::text
      $$;

      create function link_audit_events(p_organization_id uuid, p_at_most integer) returns integer
      language plpgsql as $$
      declare
        v_head audit_chain_heads;
        v_event audit_events;
        v_hash bytea;
        v_ids uuid[] := '{}';
        v_previous_hashes bytea[] := '{}';
        v_hashes bytea[] := '{}';
      begin
        if not exists (select from audit_chain_heads where organization_id = p_organization_id) then
          insert into audit_chain_heads (organization_id) values (p_organization_id) on conflict do nothing;
        end if;
        -- Whoever comes while another links has nothing to do. What is read below is read by a later statement than this
        -- lock, so it sees the links of the linker before.
        select * into v_head from audit_chain_heads where organization_id = p_organization_id for update skip locked;
        if not found then
          return 0;
        end if;
        v_hash := v_head.hash;
        for v_event in
          select * from audit_events where organization_id = p_organization_id and sequence is null
          order by occurred_at, id limit p_at_most
        loop
          v_previous_hashes := v_previous_hashes || v_hash;
          v_ids := v_ids || v_event.id;
          v_hash := sha256(v_hash || convert_to(audit_event_text(v_event, v_head.sequence + cardinality(v_ids)), 'UTF8'));
          v_hashes := v_hashes || v_hash;
        end loop;
        if cardinality(v_ids) = 0 then
          return 0;
        end if;
        update audit_events e
        set sequence = v_head.sequence + l.place, previous_hash = l.previous_hash, hash = l.hash
        from unnest(v_ids, v_previous_hashes, v_hashes) with ordinality as l (id, previous_hash, hash, place)
        where e.organization_id = p_organization_id and e.id = l.id;
        update audit_chain_heads set sequence = v_head.sequence + cardinality(v_ids), hash = v_hash
        where organization_id = p_organization_id;
        return cardinality(v_ids);
      end
      $$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop function link_audit_events(uuid, integer);
      drop function audit_event_text(audit_events, bigint);
      drop trigger refuse_truncation on audit_events;
      drop trigger refuse_removal on audit_events;
      drop trigger refuse_change on audit_events;
      drop function refuse_audit_change();
      revoke select, update (sequence, previous_hash, hash) on audit_events from ringfence_system;
      revoke insert (${GIVEN}) on audit_events from ringfence_app, ringfence_system;
      grant insert on audit_events to ringfence_app, ringfence_system;
      drop table audit_chain_heads;
      drop index audit_events_actor, audit_events_related, audit_events_unlinked;
      alter table audit_events
        drop column related_ids, drop column sequence, drop column previous_hash, drop column hash;
    `);
  }
}
