import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What gate_authorize() does once for each batch, however few calls it has, is less: one step prepares what three did, and
 * calls with several rows are looked for only where there are some. An organization is looked up until it is found and
 * not to the end of all that the batch has. The destination of a call is not sent back to who sent it
 * (docs/adr/0009-one-batch-at-a-time-and-a-shortcut.md). What is decided stays the same.
 */
export class LeanerCallGate1795900000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await rewrite(queryRunner, CHANGES);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await rewrite(
      queryRunner,
      CHANGES.map(({ from, to }) => ({ from: to, to: from })),
    );
  }
}

interface Change {
  from: string;
  to: string;
}

/** Makes the function anew from what it is in the database, where each passage to be changed stands exactly once. */
async function rewrite(queryRunner: QueryRunner, changes: readonly Change[]): Promise<void> {
  const [{ definition }] = (await queryRunner.query(
    `select pg_get_functiondef('gate_authorize'::regproc) as definition`,
  )) as [{ definition: string }];
  const changed = changes.reduce((sql, { from, to }) => {
    if (sql.split(from).length !== 2) throw new Error(`gate_authorize() does not say exactly once: ${from}`);
    return sql.replace(from, () => to);
  }, definition);
  await queryRunner.query(changed);
}

const VARIABLES: Change = {
  from: `
    v_ids uuid[] := array(select uuidv7() from generate_series(1, v_calls));
`,
  to: `
    v_ids uuid[];
    v_organizations uuid[];
    v_scope text;
`,
};

const PREPARATION: Change = {
  from: `
    perform set_config(
      'ringfence.organization_ids', (select array_agg(distinct o)::text from unnest(p_organization) o), true);
`,
  to: `
    select array_agg(uuidv7()), array_agg(distinct o) into v_ids, v_organizations from unnest(p_organization) o;
    v_scope := set_config('ringfence.organization_ids', v_organizations::text, true);
`,
};

/** Every open call has a row at least, so when there are as many rows as open calls, no call has two. */
const SEVERAL_ROWS: Change = {
  from: `
      where l.index <> all (array(select m.index from locked m group by m.index having count(*) > 1))
`,
  to: `
      where (select count(*) from locked) = coalesce(cardinality(array_positions(v_open, true)), v_calls)
        or l.index <> all (array(select m.index from locked m group by m.index having count(*) > 1))
`,
};

const ORGANIZATION: Change = {
  from: `
      join gate_organizations(
        array(select distinct o from unnest(p_organization) o), (select count(*) from locked)) o on o.id = l.org
`,
  to: `
      cross join lateral (
        select g.* from gate_organizations(v_organizations, (select count(*) from locked)) g
        where g.id = l.org
        limit 1
      ) o
`,
};

const ECHO: Change = {
  from: `
      p_destination[d.index], p_country[d.index], p_type[d.index], d.daily_limit, d.used_after, d.resets_at,
      case when d.reason_code = 'allowed' then d.at + p_lease end
    from decision d;
`,
  to: `
      null::text, null::text, null::text, d.daily_limit, d.used_after, d.resets_at,
      case when d.reason_code = 'allowed' then d.at + p_lease end
    from decision d;
`,
};

const CHANGES = [VARIABLES, PREPARATION, SEVERAL_ROWS, ORGANIZATION, ECHO];
