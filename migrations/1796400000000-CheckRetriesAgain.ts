import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type Change, rewriteFunction, undone } from './rewrite-function.js';

/**
 * A retry of an allowed call was told "allowed" for as long as its key was kept, whatever had happened since: a void, a
 * pause, a suspension. Now it goes through the checks again, all but the limit, and is denied when its authorization is
 * used up (docs/adr/0017-retries-are-checked-again.md).
 *
 * Its facts are read by the last statement of the function, which takes no lock: the snapshot of that statement is made
 * when the function is done waiting, so every change that was acknowledged before the retry came is seen, and so is
 * what was committed while its batch waited for locks. The statement runs only where a batch has a call that is not new.
 */
export class CheckRetriesAgain1796400000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await rewriteFunction(queryRunner, 'gate_authorize', CHANGES);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await rewriteFunction(queryRunner, 'gate_authorize', undone(CHANGES));
  }
}

const CHANGES: Change[] = [
  {
    from: `
    -- A key that was used before answers what was answered then, or says that it belongs to another request.
    if array_remove(p_key, null) <> '{}' then
      return query
      select c.i::integer, case when k.fingerprint = c.fingerprint then 'replayed' else 'key_reused' end,
        l.id, l.reason_code, l.phone_number_id, l.from_number, l.provider, l.destination, l.destination_country,
        l.destination_type, l.limit_at, l.used_after, l.resets_at, l.expires_at
      from`,
    to: `
    -- A key that was used before belongs to another request, or answers what was answered then. A call that was allowed
    -- is so no longer when its authorization is used up, or when a check that is no counter forbids the call now.
    if array_remove(p_key, null) <> '{}' and false = any (v_open) then
      return query
      select c.i::integer, case when k.fingerprint = c.fingerprint then 'replayed' else 'key_reused' end,
        l.id, r.reason, l.phone_number_id, l.from_number, l.provider, l.destination, l.destination_country,
        l.destination_type, l.limit_at, l.used_after, l.resets_at, case when r.reason = 'allowed' then l.expires_at end
      from`,
  },
  {
    from: `
        where l.organization_id = c.org and l.id = k.authorization_id
        offset 0
      ) l
      where`,
    to: `
        where l.organization_id = c.org and l.id = k.authorization_id
        offset 0
      ) l
      cross join lateral (
        select g.* from gate_organizations(v_organizations, 0) g
        where g.id = c.org
        limit 1
      ) o
      left join lateral (
        select a.agent_active, a.number_active, a.paused_at is not null as paused, a.allowed_countries,
          a.allowed_number_types
        from agent_phone_numbers a
        where a.live_organization_id = c.org and a.agent_id = l.agent_id and a.phone_number_id = l.phone_number_id
          and a.id = l.assignment_id
        offset 0
      ) a on true
      cross join lateral (
        select case
          when l.decision = 'denied' then l.reason_code
          when authorization_status(l.status, l.expires_at, o.at) <> 'authorized'
            then 'authorization_' || authorization_status(l.status, l.expires_at, o.at)
          when a.paused is null then coalesce(p_refusal[c.i], 'no_assignment')
          else coalesce(decide_call(p_refusal[c.i], o.suspended, a.agent_active, a.number_active, a.paused,
            p_country[c.i], p_type[c.i], coalesce(a.allowed_countries, o.default_allowed_countries),
            a.allowed_number_types), l.reason_code)
        end as reason
        offset 0
      ) r
      where`,
  },
];
