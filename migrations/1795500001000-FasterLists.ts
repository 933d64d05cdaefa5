import type { MigrationInterface, QueryRunner } from 'typeorm';

const PLATFORM = '00000000-0000-7000-8000-000000000001';

/**
 * Numbers of a country in the order of the numbers, where most of the list may be of others, and searches for words that
 * many numbers have: see docs/adr/0011-lists-and-totals.md.
 */
export class FasterLists1795500001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create index phone_numbers_country_e164 on phone_numbers (organization_id, country_code, e164)
        where lifecycle <> 'released'`);
    await queryRunner.query(FIND_BY_A_SAMPLE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(FIND);
    await queryRunner.query('drop index phone_numbers_country_e164');
  }
}

const HEAD = `
  create or replace function find_phone_numbers(p_organization uuid, p_digits text[], p_text text, p_label text, p_tag text,
    p_most integer) returns setof uuid language plpgsql stable rows 100
    security definer set search_path = pg_catalog, public, pg_temp as $$
`;

/** Whoever is not in the organization, and does not ask for the pool, finds nothing. */
const GUARD = `
    if p_organization <> '${PLATFORM}' and p_organization <> all (
      coalesce(nullif(current_setting('ringfence.organization_ids', true), '')::uuid[], '{}'::uuid[])) then
      return;
    end if;
`;

const WORDS = `concat_ws(' ',
      case when p_text is not null then 'and (label is not null and lower(label) like $3 ' ||
        (select coalesce(string_agg(format('or e164 like %L', '%' || d || '%'), ' '), '') from unnest(p_digits) d) || ')' end,
      case when p_label is not null then 'and label is not null and lower(label) like $4' end,
      case when p_tag is not null then 'and tags @> array[$5] and tags <> ''{}''' end)`;

/**
 * Trigrams tell all numbers that have the words before the first is answered: a tenth of a second when a million have
 * them, and the planner takes them to be few. So the newest numbers are asked first. When a quarter of them have the
 * words, the others are met on a walk that soon has as many as are wanted.
 */
const FIND_BY_A_SAMPLE = `${HEAD}
  declare
    v_words text := ${WORDS};
    v_newest constant text := 'select id, e164, label, tags from phone_numbers
      where organization_id = $1 and lifecycle <> ''released'' order by id desc';
    v_common boolean;
  begin
    ${GUARD}
    execute format('select count(*) > 250 from (%s limit 1000) n where true %s', v_newest, v_words)
      into v_common using p_organization, p_digits, p_text, p_label, p_tag;
    return query execute case
      when v_common then format('select id from (%s offset 0) n where true %s limit $6', v_newest, v_words)
      else format('select id from phone_numbers where organization_id = $1 and lifecycle <> ''released'' %s limit $6',
        v_words) end
    using p_organization, p_digits, p_text, p_label, p_tag, p_most;
  end
  $$;
`;

const FIND = `${HEAD}
  begin
    ${GUARD}
    return query execute format('select id from phone_numbers where organization_id = $1 and lifecycle <> ''released''
      %s limit $6', ${WORDS})
    using p_organization, p_digits, p_text, p_label, p_tag, p_most;
  end
  $$;
`;
