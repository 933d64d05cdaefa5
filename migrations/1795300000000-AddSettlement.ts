import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What becomes of an authorization after the call: completed, voided, or left until its lease has run out. The reasons
 * are told in docs/adr/0007-settlement.md.
 */
export class AddSettlement1795300000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(COLUMNS);
    await queryRunner.query(AUTHORIZATION_STATUS);
    await queryRunner.query(COMPLETE_AUTHORIZATION);
    await queryRunner.query(VOID_AUTHORIZATION);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop function void_authorization(uuid, uuid, uuid, text, interval);
      drop function complete_authorization(uuid, uuid, uuid, text, integer, smallint, text, numeric, text);
      drop function authorization_status(text, timestamptz, timestamptz);
      alter table usage_daily drop column calls_voided;
      alter table agent_phone_numbers drop column counter_reset_at;
      alter table call_authorizations
        drop constraint call_authorizations_outcome_check,
        drop column sip_code, drop column external_call_id, drop column void_reason, drop column settled_by;
    `);
  }
}

const COLUMNS = `
  alter table call_authorizations
    add column sip_code smallint check (sip_code between 100 and 699),
    add column external_call_id text check (length(external_call_id) <= 255),
    add column void_reason text check (void_reason in (
      'not_dialed', 'caller_abandoned', 'trunk_unavailable', 'duplicate_request', 'test_call')),
    add column settled_by uuid,
    add constraint call_authorizations_outcome_check check (outcome in (
      'answered', 'no_answer', 'busy', 'rejected', 'failed', 'canceled', 'voicemail'));
  comment on column call_authorizations.settled_by is 'User or API key that completed or voided it.';

  alter table agent_phone_numbers add column counter_reset_at timestamptz;
  comment on column agent_phone_numbers.counter_reset_at is
    'When the counter was last set back by hand: calls decided before are in the archive, although the day is the same.';

  alter table usage_daily add column calls_voided integer not null default 0;
  comment on column usage_daily.calls_voided is
    'Calls of the day that were voided. They are taken off calls_allowed or off the counter of the assignment.';
`;

/** Nobody flips a row when its lease ends (ADR 7), so whoever shows a status asks this. */
const AUTHORIZATION_STATUS = `
  create function authorization_status(status text, expires_at timestamptz, at timestamptz)
    returns text language sql immutable parallel safe
    as $$ select case when status = 'authorized' and expires_at < at then 'expired' else status end $$;
  comment on function authorization_status(text, timestamptz, timestamptz) is
    'The status to show at an instant: an authorization whose lease has run out is expired. It counts as used.';
`;

/**
 * Counts nothing, so the ledger row is all that it locks: a dialer that reports its calls never waits for the assignment
 * that others are calling with.
 */
const COMPLETE_AUTHORIZATION = `
  create function complete_authorization(
    p_organization uuid, p_id uuid, p_by uuid, p_outcome text, p_duration_seconds integer, p_sip_code smallint,
    p_external_call_id text, p_cost numeric, p_currency text
  ) returns text language plpgsql volatile as $$
  declare
    v_call call_authorizations;
  begin
    select * into v_call from call_authorizations l
    where l.organization_id = p_organization and l.id = p_id for no key update;

    if not found then
      return null;
    elsif v_call.status = 'denied' then
      return 'denied';
    elsif v_call.status = 'completed' and
      (v_call.outcome, v_call.duration_seconds, v_call.sip_code, v_call.external_call_id, v_call.cost, v_call.currency)
      is not distinct from
      (p_outcome, p_duration_seconds, p_sip_code, p_external_call_id, p_cost::numeric(12, 4), p_currency) then
      return 'repeated';
    elsif v_call.status in ('completed', 'voided') then
      return 'settled_otherwise';
    end if;

    update call_authorizations l
    set status = 'completed', settled_at = ringfence_clock(), settled_by = p_by, outcome = p_outcome,
      duration_seconds = p_duration_seconds, sip_code = p_sip_code, external_call_id = p_external_call_id,
      cost = p_cost, currency = p_currency
    where l.organization_id = p_organization and l.id = p_id;

    -- The midnight job rolls up a day at its end and once more a day later. What comes after that is added here.
    update usage_daily u
    set calls_completed = u.calls_completed + 1,
      duration_seconds = u.duration_seconds + coalesce(p_duration_seconds, 0)
    from organizations o
    where o.id = p_organization and o.last_rollup_date > v_call.local_date
      and u.organization_id = p_organization and u.local_date = v_call.local_date
      and u.agent_id = v_call.agent_id and u.phone_number_id = v_call.phone_number_id;
    return 'completed';
  end
  $$;
  comment on function complete_authorization(uuid, uuid, uuid, text, integer, smallint, text, numeric, text) is
    'Answers completed, repeated, settled_otherwise or denied; NULL when there is no such authorization.';
`;

/**
 * Gives one call back to the usage day that it was counted on. The assignment is locked before the ledger row, as the
 * gate, the midnight job and the reset by hand lock it before they move a count: until the end of the transaction the
 * count stays where this finds it, in the counter or in the archive. Everything that decides is read after the locks.
 */
const VOID_AUTHORIZATION = `
  create function void_authorization(
    p_organization uuid, p_id uuid, p_by uuid, p_reason text, p_window interval
  ) returns text language plpgsql volatile as $$
  declare
    v_assignment agent_phone_numbers;
    v_call call_authorizations;
    v_now timestamptz;
    v_archived integer;
    v_voided integer;
    v_in_counter boolean;
    v_country text;
  begin
    select a.* into v_assignment
    from agent_phone_numbers a
    where a.organization_id = p_organization and a.id = (
      select l.assignment_id from call_authorizations l where l.organization_id = p_organization and l.id = p_id)
    for no key update;

    select * into v_call from call_authorizations l
    where l.organization_id = p_organization and l.id = p_id for no key update;
    v_now := ringfence_clock();

    if not found then
      return null;
    elsif v_call.status = 'denied' then
      return 'denied';
    elsif v_call.status = 'voided' and v_call.void_reason = p_reason then
      return 'repeated';
    elsif v_call.status in ('completed', 'voided') then
      return 'settled_otherwise';
    elsif v_call.expires_at < v_now then
      return 'expired';
    elsif v_call.decided_at + p_window < v_now then
      return 'too_late';
    end if;

    select u.calls_allowed, u.calls_voided into v_archived, v_voided
    from usage_daily u
    where u.organization_id = p_organization and u.local_date = v_call.local_date
      and u.agent_id = v_assignment.agent_id and u.phone_number_id = v_assignment.phone_number_id;

    if coalesce(v_voided, 0) >= greatest(10, v_assignment.daily_limit / 10) then
      return 'too_many';
    end if;

    v_in_counter := v_assignment.last_reset_date = v_call.local_date and v_assignment.calls_made_today > 0
      and (v_call.decided_at >= coalesce(v_assignment.counter_reset_at, '-infinity') or coalesce(v_archived, 0) = 0);

    if v_in_counter then
      update agent_phone_numbers a set calls_made_today = a.calls_made_today - 1
      where a.organization_id = p_organization and a.id = v_assignment.id;
    end if;

    -- A day that is rolled up already has its calls by country: the call leaves that sum as well.
    v_country := coalesce(v_call.destination_country, '');
    insert into usage_daily as u (organization_id, local_date, agent_id, phone_number_id, calls_voided)
    values (p_organization, v_call.local_date, v_assignment.agent_id, v_assignment.phone_number_id, 1)
    on conflict (organization_id, local_date, agent_id, phone_number_id) do update
      set calls_voided = u.calls_voided + 1,
        calls_allowed = greatest(u.calls_allowed - (not v_in_counter)::integer, 0),
        allowed_by_country = case when (u.allowed_by_country ->> v_country)::integer > 0
          then jsonb_set(u.allowed_by_country, array[v_country],
            to_jsonb((u.allowed_by_country ->> v_country)::integer - 1))
          else u.allowed_by_country end;

    update call_authorizations l
    set status = 'voided', settled_at = v_now, settled_by = p_by, void_reason = p_reason
    where l.organization_id = p_organization and l.id = p_id;
    return 'voided';
  end
  $$;
  comment on function void_authorization(uuid, uuid, uuid, text, interval) is
    'Answers voided, repeated, settled_otherwise, expired, too_late, too_many or denied; NULL when there is no such authorization.';
`;
