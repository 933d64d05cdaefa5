import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A statement that ends thousands of assignments notes their numbers for a few microseconds each. */
export class NoteNumbersCheaply1795600002000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(NOTE_IN_TWO);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(NOTE_IN_ONE);
  }
}

/**
 * Setting a text of a thousand numbers took longer than copying one of them. So a row writes a short text, of which fifty
 * fill the long one.
 */
const NOTE_IN_TWO = `
  create or replace function note_assigned_number() returns trigger language plpgsql as $$
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

  create or replace function copy_noted_agents() returns trigger language plpgsql as $$
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
`;

const NOTE_IN_ONE = `
  create or replace function note_assigned_number() returns trigger language plpgsql as $$
  declare
    v_noted text := concat_ws(',', nullif(current_setting('ringfence.noted_numbers', true), ''), new.phone_number_id);
  begin
    if length(v_noted) >= 1000 * 37 then
      perform copy_agents_to_numbers(v_noted);
      v_noted := '';
    end if;
    perform set_config('ringfence.noted_numbers', v_noted, true);
    return null;
  end
  $$;

  create or replace function copy_noted_agents() returns trigger language plpgsql as $$
  declare
    v_noted text := nullif(current_setting('ringfence.noted_numbers', true), '');
  begin
    if v_noted is not null then
      perform set_config('ringfence.noted_numbers', '', true);
      perform copy_agents_to_numbers(v_noted);
    end if;
    return null;
  end
  $$;
`;
