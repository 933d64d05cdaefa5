import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './row-level-security.js';

const PLATFORM = '00000000-0000-7000-8000-000000000001';

/**
 * Lists of a million numbers, with exact totals: see docs/adr/0011-lists-and-totals.md. The rows of phone_numbers learn
 * who calls from them, indexes follow the filters, a search works behind row-level security, and counters are kept.
 */
export class AddListIndexes1795400002000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create extension if not exists pg_trgm');
    await queryRunner.query(ASSIGNED_AGENT);
    await queryRunner.query(INDEXES);
    await queryRunner.query(COUNTS);
    await protectTenantTable(queryRunner, 'phone_number_counts', {
      app: 'select',
      system: 'select, insert, update, delete',
      alsoReadable: `organization_id = '${PLATFORM}'`,
    });
    await queryRunner.query(COUNT_TRIGGERS);
    await queryRunner.query(SEARCH);
    for (const signature of ['count_phone_numbers()', FIND_SIGNATURE]) {
      // Whoever hands a function to a role must belong to it, and the role needs the schema for that one moment.
      await queryRunner.query(`
        grant create on schema public to ringfence_system;
        alter function ${signature} owner to ringfence_system;
        revoke create on schema public from ringfence_system;
        revoke all on function ${signature} from public;
      `);
    }
    await queryRunner.query(`grant execute on function ${FIND_SIGNATURE} to ringfence_app`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop function ${FIND_SIGNATURE};
      revoke select (label, tags) on phone_numbers from ringfence_system;
      drop trigger count_inserted on phone_numbers;
      drop trigger count_updated on phone_numbers;
      drop trigger count_deleted on phone_numbers;
      drop function count_phone_numbers();
      drop table phone_number_counts;
      drop index phone_numbers_listed, phone_numbers_own_e164, phone_numbers_country, phone_numbers_provider,
        phone_numbers_region, phone_numbers_of_client, phone_numbers_assigned, phone_numbers_called,
        phone_numbers_connected, phone_numbers_out_of_use, phone_numbers_label, phone_numbers_reserved,
        phone_numbers_digits, phone_numbers_label_text, phone_numbers_tags, agent_phone_numbers_paused;
      create index phone_numbers_created on phone_numbers (organization_id, created_at desc, id desc);
      drop trigger copy_assigned_agents on agent_phone_numbers;
      drop trigger copy_assigned_agent on agent_phone_numbers;
      drop function copy_assigned_agents();
      drop function copy_assigned_agent();
      alter table phone_numbers drop column assigned_agent_id;
      drop extension pg_trgm;
    `);
  }
}

/**
 * A copy of the live assignment's agent, so that a list of numbers by assignment reads one table. The gate never assigns
 * and never ends an assignment, so that it never meets these triggers; whoever does holds the number's lock already.
 */
const ASSIGNED_AGENT = `
  alter table phone_numbers add column assigned_agent_id uuid;
  comment on column phone_numbers.assigned_agent_id is
    'The agent of the live assignment. A copy that triggers keep: lists filter and sort by it.';

  update phone_numbers n set assigned_agent_id = a.agent_id from agent_phone_numbers a
  where a.organization_id = n.organization_id and a.phone_number_id = n.id and a.ended_at is null;

  create function copy_assigned_agents() returns trigger language plpgsql as $$
  begin
    update phone_numbers n set assigned_agent_id = a.agent_id
    from inserted a
    where a.ended_at is null and n.organization_id = a.organization_id and n.id = a.phone_number_id;
    return null;
  end
  $$;

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

  create trigger copy_assigned_agents after insert on agent_phone_numbers
    referencing new table as inserted for each statement execute function copy_assigned_agents();
  create trigger copy_assigned_agent after update of ended_at on agent_phone_numbers
    for each row when ((old.ended_at is null) <> (new.ended_at is null)) execute function copy_assigned_agent();
`;

/**
 * Ids are UUIDv7, so that the id is the order of creation too: each index of a filter gives its rows in the order of the
 * default list, and the list stops after a page. Released numbers are in none of them.
 */
const INDEXES = `
  drop index phone_numbers_created;
  create index phone_numbers_listed on phone_numbers (organization_id, id) where lifecycle <> 'released';
  create index phone_numbers_own_e164 on phone_numbers (organization_id, e164) where lifecycle <> 'released';
  create index phone_numbers_country on phone_numbers (organization_id, country_code, id)
    where lifecycle <> 'released';
  create index phone_numbers_provider on phone_numbers (organization_id, provider, id) where lifecycle <> 'released';
  create index phone_numbers_region on phone_numbers (organization_id, region, id)
    where lifecycle <> 'released' and region is not null;
  create index phone_numbers_of_client on phone_numbers (organization_id, client_id, id)
    where lifecycle <> 'released' and client_id is not null;
  create index phone_numbers_assigned on phone_numbers (organization_id, assigned_agent_id, id)
    where lifecycle <> 'released';
  create index phone_numbers_called on phone_numbers (organization_id, id)
    where lifecycle <> 'released' and assigned_agent_id is not null;
  create index phone_numbers_connected on phone_numbers (organization_id, id)
    where lifecycle <> 'released' and inbound_agent_id is not null;
  create index phone_numbers_out_of_use on phone_numbers (organization_id, lifecycle, id)
    where lifecycle in ('inactive', 'error');
  create index phone_numbers_label on phone_numbers (organization_id, lower(label), id)
    where lifecycle <> 'released' and label is not null;
  create index phone_numbers_reserved on phone_numbers (organization_id, reserved_until, id)
    where lifecycle <> 'released' and reserved_until is not null;
  create index phone_numbers_digits on phone_numbers using gin (e164 gin_trgm_ops) where lifecycle <> 'released';
  create index phone_numbers_label_text on phone_numbers using gin (lower(label) gin_trgm_ops)
    where lifecycle <> 'released' and label is not null;
  create index phone_numbers_tags on phone_numbers using gin (tags) where lifecycle <> 'released' and tags <> '{}';

  -- No call that is counted changes paused_at, so the gate's updates stay heap-only.
  create index agent_phone_numbers_paused on agent_phone_numbers (organization_id, id)
    where ended_at is null and paused_at is not null;
`;

const COUNTED = `
    select n.organization_id, f.facet, f.value, coalesce(n.country_code, '') as country_code, n.provider, n.lifecycle,
      n.inbound_agent_id is not null as connected, n.assigned_agent_id is not null as assigned,
      n.label is not null as labelled, coalesce(n.currency, '') as currency,
      1 as numbers, coalesce(n.monthly_cost, 0) as monthly_cost`;
const FACETS = `
    cross join lateral (
      select '' as facet, '' as value
      union all select 'tag', t from unnest(n.tags) t group by t
      union all select 'region', n.region where n.region is not null
      union all select 'client', n.client_id::text where n.client_id is not null
    ) f
    where n.lifecycle <> 'released'`;
const KEY = `organization_id, facet, value, country_code, provider, lifecycle, connected, assigned, labelled, currency`;

const COUNTS = `
  create table phone_number_counts (
    organization_id uuid not null,
    facet text not null,
    value text not null,
    country_code text not null,
    provider text not null,
    lifecycle text not null,
    connected boolean not null,
    assigned boolean not null,
    labelled boolean not null,
    currency text not null,
    numbers integer not null,
    monthly_cost numeric not null
  );
  create index phone_number_counts_key on phone_number_counts (organization_id, facet, value, country_code, provider);
  comment on table phone_number_counts is
    'How many numbers, by what lists are filtered by. Rows are summed: several may stand for one key, and less than zero is a difference.';

  insert into phone_number_counts (${KEY}, numbers, monthly_cost)
  select ${KEY}, count(*), sum(monthly_cost) from (${COUNTED} from phone_numbers n ${FACETS}) c group by ${KEY};
`;

/**
 * A statement adds its differences as rows of their own and waits for nobody. Now and then it folds the rows of its keys
 * that nobody else is holding, in the same statement, so that every snapshot sums to the truth.
 */
const difference = (oldRows: string | null, newRows: string | null): string => `
      with changed as (
        ${[newRows && `${COUNTED} from ${newRows} n ${FACETS}`, oldRows && `select ${KEY}, -numbers as numbers, -monthly_cost as monthly_cost from (${COUNTED} from ${oldRows} n ${FACETS}) o`].filter(Boolean).join(' union all ')}
      ), delta as (
        select ${KEY}, sum(numbers)::integer as numbers, sum(monthly_cost) as monthly_cost
        from changed group by ${KEY} having sum(numbers) <> 0 or sum(monthly_cost) <> 0
      ), held as (
        select c.ctid as place from phone_number_counts c join delta d using (${KEY})
        where v_fold for update of c skip locked
      ), folded as (
        delete from phone_number_counts c where c.ctid in (select place from held)
        returning ${KEY}, numbers, monthly_cost
      )
      insert into phone_number_counts (${KEY}, numbers, monthly_cost)
      select ${KEY}, sum(numbers), sum(monthly_cost)
      from (select * from delta union all select * from folded) s
      group by ${KEY} having sum(numbers) <> 0 or sum(monthly_cost) <> 0;`;

const COUNT_TRIGGERS = `
  create function count_phone_numbers() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$
  declare
    v_fold boolean := random() < 0.1;
  begin
    if tg_op = 'INSERT' then${difference(null, 'new_rows')}
    elsif tg_op = 'DELETE' then${difference('old_rows', null)}
    else${difference('old_rows', 'new_rows')}
    end if;
    return null;
  end
  $$;
  create trigger count_inserted after insert on phone_numbers
    referencing new table as new_rows for each statement execute function count_phone_numbers();
  create trigger count_updated after update on phone_numbers
    referencing old table as old_rows new table as new_rows for each statement execute function count_phone_numbers();
  create trigger count_deleted after delete on phone_numbers
    referencing old table as old_rows for each statement execute function count_phone_numbers();
`;

const FIND_SIGNATURE = 'find_phone_numbers(uuid, text[], text, text, text, integer)';

/**
 * LIKE and @> are not leakproof, so that PostgreSQL never uses their indexes under a policy that looks at rows. This
 * function searches as the system role, whose policy looks at none, and holds to the transaction's organization itself.
 * It is planned for the very words, by EXECUTE: a rare one goes by trigrams, a small organization by its own numbers.
 */
const SEARCH = `
  grant select (label, tags) on phone_numbers to ringfence_system;

  create function find_phone_numbers(p_organization uuid, p_digits text[], p_text text, p_label text, p_tag text,
    p_most integer) returns setof uuid language plpgsql stable rows 100
    security definer set search_path = pg_catalog, public, pg_temp as $$
  begin
    if p_organization <> '${PLATFORM}' and p_organization <> all (
      coalesce(nullif(current_setting('ringfence.organization_ids', true), '')::uuid[], '{}'::uuid[])) then
      return;
    end if;
    return query execute format('select id from phone_numbers where organization_id = $1 and lifecycle <> ''released''
      %s %s %s limit $6',
      case when p_text is not null then 'and (label is not null and lower(label) like $3 ' ||
        (select coalesce(string_agg(format('or e164 like %L', '%' || d || '%'), ' '), '') from unnest(p_digits) d) || ')' end,
      case when p_label is not null then 'and label is not null and lower(label) like $4' end,
      case when p_tag is not null then 'and tags @> array[$5] and tags <> ''{}''' end)
    using p_organization, p_digits, p_text, p_label, p_tag, p_most;
  end
  $$;
  comment on function find_phone_numbers(uuid, text[], text, text, text, integer) is
    'Ids of numbers by parts of the number or the label, by the label or by a tag. Patterns are LIKE''s, in small letters.';
`;
