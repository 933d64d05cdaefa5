import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CountPlaces1795600001000 } from './1795600001000-CountPlaces.js';

/** Rows of one stretch are counted before their places are named: an upload of numbers in a row pays a third for them. */
export class CountPlacesOnce1795600003000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(PLACE_PHONE_NUMBERS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(await formerFunction());
  }
}

/** The function as the earlier migration made it. */
async function formerFunction(): Promise<string> {
  const statements: string[] = [];
  const record = { query: (sql: string) => Promise.resolve(statements.push(sql)) } as unknown as QueryRunner;
  await new CountPlaces1795600001000().up(record);
  const made = statements.find((sql) => sql.includes('create function place_phone_numbers'))!;
  const [definition] = /create function place_phone_numbers.*?\$\$;/s.exec(made)!;
  return definition.replace('create function', 'create or replace function');
}

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

const PLACE_PHONE_NUMBERS = `
  create or replace function place_phone_numbers() returns trigger language plpgsql
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
`;
