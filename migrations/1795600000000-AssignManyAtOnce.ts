import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Many assignments that are made, ended or brought back by one statement cost a fraction: see docs/adr/0011-lists-and-totals.md. */
export class AssignManyAtOnce1795600000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(COPY_AGENTS_AT_ONCE);
    await queryRunner.query(COPY_CALLER_AT_ONCE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(FORMER_CALLER);
    await queryRunner.query(FORMER_AGENTS);
  }
}

/**
 * An update of a number's row by itself costs more for its counters than for the row. So the rows of a statement note
 * their numbers, and a thousand are updated together. A trigger on a column has no transition table, and one on all
 * columns would burden each call at the gate; hence the notes, in settings that end with the transaction. They only say
 * where to look: what is copied is read from the live assignments. Setting a text of a thousand numbers takes longer than
 * copying one of them, so a row writes a short text, of which fifty fill the long one.
 */
const COPY_AGENTS_AT_ONCE = `
  drop trigger copy_assigned_agent on agent_phone_numbers;
  drop function copy_assigned_agent();

  create function copy_agents_to_numbers(p_noted text) returns void language sql as $$
    update phone_numbers n set assigned_agent_id = (
      select a.agent_id from agent_phone_numbers a
      where a.organization_id = n.organization_id and a.phone_number_id = n.id and a.ended_at is null)
    where n.id = any (string_to_array(p_noted, ',')::uuid[])
  $$;

  create function note_assigned_number() returns trigger language plpgsql as $$
  declare
    v_newest text := concat_ws(',', nullif(current_setting('ringfence.newest_numbers', true), ''), new.phone_number_id);
    v_noted text;
  begin
    if octet_length(v_newest) >= 50 * 37 - 1 then
      v_noted := concat_ws(',', nullif(current_setting('ringfence.noted_numbers', true), ''), v_newest);
      v_newest := '';
      if octet_length(v_noted) >= 1000 * 37 - 1 then
        perform copy_agents_to_numbers(v_noted);
        v_noted := '';
      end if;
      perform set_config('ringfence.noted_numbers', v_noted, true);
    end if;
    perform set_config('ringfence.newest_numbers', v_newest, true);
    return null;
  end
  $$;

  create function copy_noted_agents() returns trigger language plpgsql as $$
  declare
    v_noted text := concat_ws(',', nullif(current_setting('ringfence.noted_numbers', true), ''),
      nullif(current_setting('ringfence.newest_numbers', true), ''));
  begin
    if v_noted <> '' then
      perform set_config('ringfence.noted_numbers', '', true);
      perform set_config('ringfence.newest_numbers', '', true);
      perform copy_agents_to_numbers(v_noted);
    end if;
    return null;
  end
  $$;

  create trigger note_assigned_number after update of ended_at on agent_phone_numbers
    for each row when ((old.ended_at is null) <> (new.ended_at is null)) execute function note_assigned_number();
  create trigger copy_noted_agents after update of ended_at on agent_phone_numbers
    for each statement execute function copy_noted_agents();
`;

/**
 * One statement for each row, where there were three: it locks the agent, the number and the organization in this order,
 * as before. Where one of them is missing nothing is copied, and the constraint refuses the row.
 */
const COPY_CALLER_AT_ONCE = `
  create or replace function copy_caller_facts() returns trigger language plpgsql as $$
  begin
    select g.status = 'active' and g.deleted_at is null, n.lifecycle = 'active', n.e164, n.provider,
      o.numbers_per_agent = 'one'
    into new.agent_active, new.number_active, new.from_number, new.provider, new.sole
    from agents g, phone_numbers n, organizations o
    where g.organization_id = new.organization_id and g.id = new.agent_id
      and n.organization_id = new.organization_id and n.id = new.phone_number_id
      and o.id = new.organization_id
    for share;
    new.sole := coalesce(new.sole, false);
    return new;
  end
  $$;
  drop trigger sole_number on agent_phone_numbers;
  drop function mark_sole_number();
`;

const FORMER_CALLER = `
  create or replace function copy_caller_facts() returns trigger language plpgsql as $$
  begin
    select g.status = 'active' and g.deleted_at is null into new.agent_active
    from agents g where g.organization_id = new.organization_id and g.id = new.agent_id for share;
    select n.lifecycle = 'active', n.e164, n.provider into new.number_active, new.from_number, new.provider
    from phone_numbers n where n.organization_id = new.organization_id and n.id = new.phone_number_id for share;
    return new;
  end
  $$;
  create function mark_sole_number() returns trigger language plpgsql as $$
  begin
    select o.numbers_per_agent = 'one' into new.sole from organizations o where o.id = new.organization_id for share;
    new.sole := coalesce(new.sole, false);
    return new;
  end
  $$;
  create trigger sole_number before insert or update of ended_at on agent_phone_numbers
    for each row when (new.ended_at is null) execute function mark_sole_number();
`;

const FORMER_AGENTS = `
  drop trigger copy_noted_agents on agent_phone_numbers;
  drop trigger note_assigned_number on agent_phone_numbers;
  drop function copy_noted_agents();
  drop function note_assigned_number();
  drop function copy_agents_to_numbers(text);

  create function copy_assigned_agent() returns trigger language plpgsql as $$
  begin
    if new.ended_at is null then
      update phone_numbers n set assigned_agent_id = new.agent_id
      where n.organization_id = new.organization_id and n.id = new.phone_number_id;
    else
      update phone_numbers n set assigned_agent_id = null
      where n.organization_id = new.organization_id and n.id = new.phone_number_id
        and n.assigned_agent_id = new.agent_id;
    end if;
    return null;
  end
  $$;
  create trigger copy_assigned_agent after update of ended_at on agent_phone_numbers
    for each row when ((old.ended_at is null) <> (new.ended_at is null)) execute function copy_assigned_agent();
`;
