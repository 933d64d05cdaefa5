import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './row-level-security.js';

const PLATFORM = '00000000-0000-7000-8000-000000000001';

/**
 * Where the rows of a long list stand: how many numbers were made in each stretch of time, have each beginning of a
 * number, and are called from by each agent. See docs/adr/0011-lists-and-totals.md.
 */
export class CountPlaces1795600001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLE);
    await protectTenantTable(queryRunner, 'phone_number_places', {
      app: 'select',
      system: 'select, insert, update, delete',
      alsoReadable: `organization_id = '${PLATFORM}'`,
    });
    await queryRunner.query(TRIGGERS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop trigger place_inserted on phone_numbers;
      drop trigger place_updated on phone_numbers;
      drop trigger place_deleted on phone_numbers;
      drop function place_phone_numbers();
      drop table phone_number_places;
    `);
  }
}

/**
 * Ids are UUIDv7: six digits are a stretch of 4.7 hours and nine one of 4.1 seconds. Beginnings of numbers have four
 * digits and seven. The stretches of each level are lists of their own within the one above, so that few are read.
 * Rows of one stretch are counted before their places are named: numbers in a row are uploaded at a third of the price.
 */
const places = (rows: string, numbers: string): string => `
        select g.organization_id, p.list, p.place, g.numbers from (
          select n.organization_id, left(n.id::text, 10) as made, left(n.e164, 8) as beginning, n.assigned_agent_id,
            ${numbers} as numbers
          from ${rows} n where n.lifecycle <> 'released' group by 1, 2, 3, 4) g
        cross join lateral (values
          ('id', left(g.made, 6)),
          ('id ' || left(g.made, 6), g.made),
          ('number', left(g.beginning, 5)),
          ('number ' || left(g.beginning, 5), g.beginning),
          ('agent', g.assigned_agent_id::text)
        ) p(list, place)
        where p.place is not null`;

const TABLE = `
  create table phone_number_places (
    organization_id uuid not null,
    list text not null,
    place text not null,
    numbers integer not null
  );
  comment on table phone_number_places is
    'How many numbers stand in each stretch of a list. Rows are summed: several may stand for one key, and less than zero is a difference.';

  insert into phone_number_places (organization_id, list, place, numbers)
  select organization_id, list, place, sum(numbers) from (${places('phone_numbers', 'count(*)')}) p group by 1, 2, 3;
  create index phone_number_places_key on phone_number_places (organization_id, list, place) include (numbers);
`;

/** As count_phone_numbers() does: differences are rows of their own, and are folded now and then where nobody holds them. */
const add = (changed: string): string => `
      with delta as (
        select organization_id, list, place, sum(numbers)::integer as numbers from (${changed}) c
        group by 1, 2, 3 having sum(numbers) <> 0
      ), held as (
        select p.ctid as at from phone_number_places p join delta d using (organization_id, list, place)
        where v_fold for update of p skip locked
      ), folded as (
        delete from phone_number_places p where p.ctid in (select at from held)
        returning organization_id, list, place, numbers
      )
      insert into phone_number_places (organization_id, list, place, numbers)
      select organization_id, list, place, sum(numbers) from (select * from delta union all select * from folded) s
      group by 1, 2, 3 having sum(numbers) <> 0;`;

const TRIGGERS = `
  create function place_phone_numbers() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$
  declare
    v_fold boolean := random() < 0.1;
  begin
    if tg_op = 'INSERT' then${add(places('new_rows', 'count(*)'))}
    elsif tg_op = 'DELETE' then${add(places('old_rows', '-count(*)'))}
    elsif exists (
      select from old_rows o join new_rows n using (id)
      where (o.organization_id, o.lifecycle = 'released', o.e164, o.assigned_agent_id)
        is distinct from (n.organization_id, n.lifecycle = 'released', n.e164, n.assigned_agent_id)
    ) then${add(`${places('new_rows', 'count(*)')} union all ${places('old_rows', '-count(*)')}`)}
    end if;
    return null;
  end
  $$;
  grant create on schema public to ringfence_system;
  alter function place_phone_numbers() owner to ringfence_system;
  revoke create on schema public from ringfence_system;
  revoke all on function place_phone_numbers() from public;
  create trigger place_inserted after insert on phone_numbers
    referencing new table as new_rows for each statement execute function place_phone_numbers();
  create trigger place_updated after update on phone_numbers
    referencing old table as old_rows new table as new_rows for each statement execute function place_phone_numbers();
  create trigger place_deleted after delete on phone_numbers
    referencing old table as old_rows for each statement execute function place_phone_numbers();
`;
