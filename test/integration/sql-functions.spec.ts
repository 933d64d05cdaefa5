import { readdirSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { sqlFunctions } from '../../migrations/functions/manifest.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const FOLDER = 'migrations/functions';

/** Why a function must keep its volatility; a failing test prints it. */
const REASONS: Record<string, { volatility: string; because: string }> = {
  gate_authorize: {
    volatility: 'volatile',
    because: 'each of its statements must read by a snapshot younger than the locks before it, and it writes',
  },
  gate_organizations: {
    volatility: 'volatile',
    because: 'a stable function reads by the snapshot of its caller, which is older than the wait for the locks',
  },
  ringfence_clock: {
    volatility: 'volatile',
    because: 'a stable clock may be read once for a whole batch, before the wait for the locks',
  },
  decide_call: { volatility: 'immutable', because: 'the policy depends on its arguments alone, and is inlined' },
  option_rank: { volatility: 'immutable', because: 'the order depends on its arguments alone, and is inlined' },
  gate_choose: {
    volatility: 'immutable',
    because: 'the choice depends on its arguments alone: the caller holds the locks',
  },
};

const OWN_FUNCTIONS = `
  select p.proname::text as name, p.oid::regprocedure::text as signature, obj_description(p.oid, 'pg_proc') as comment,
    case p.provolatile when 'v' then 'volatile' when 's' then 'stable' when 'i' then 'immutable' end as volatility
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  order by 1`;

interface OwnFunction {
  name: string;
  signature: string;
  comment: string | null;
  volatility: string;
}

describe('the SQL functions', () => {
  let db: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    db = await createTestDatabase();
    client = await db.connect();
  });
  afterAll(async () => {
    await client?.end();
    await db?.drop();
  });

  const ownFunctions = async () => (await client.query<OwnFunction>(OWN_FUNCTIONS)).rows;

  it('are one file each, and each file is in the manifest once', () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.sql'))
      .map((name) => name.replaceAll(path.sep, '/').replace(/\.sql$/, ''));
    expect([...sqlFunctions].sort()).toEqual(files.sort());
  });

  it('of a migrated database are those of the manifest', async () => {
    const names = new Set((await ownFunctions()).map(({ name }) => name));
    expect([...names]).toEqual(sqlFunctions.map((file) => path.posix.basename(file)).sort());
  });

  it('all have a comment', async () => {
    expect((await ownFunctions()).filter(({ comment }) => !comment).map(({ signature }) => signature)).toEqual([]);
  });

  describe('have the volatility that their work needs', () => {
    /** The volatility of each overload, beside the reason why it must be so. */
    const overloadsOf = async (name: string) =>
      (await ownFunctions())
        .filter((own) => own.name === name)
        .map(({ volatility }) => ({ name, volatility, because: REASONS[name]!.because }));

    it.each(Object.entries(REASONS))('%s', async (name, { volatility, because }) => {
      const overloads = await overloadsOf(name);
      expect(overloads).not.toEqual([]);
      for (const overload of overloads) expect(overload).toEqual({ name, volatility, because });
    });

    it.each(Object.keys(REASONS))('and a change of it is seen: %s', async (name) => {
      const own = (await ownFunctions()).find((each) => each.name === name)!;
      await client.query('begin');
      try {
        await client.query(`alter function ${own.signature} stable`);
        expect((await overloadsOf(name)).map(({ volatility }) => volatility)).toContain('stable');
      } finally {
        await client.query('rollback');
      }
    });
  });

  /**
   * PostgreSQL puts the body of an immutable function in the place of its call only if the body reads no table and calls
   * nothing that is less than immutable: an inlined function is pure, whatever its text says.
   */
  describe('that decide by their arguments alone are inlined', () => {
    const arguments_ = (types: readonly string[]) =>
      types.map((type, index) => `('{}'::text[])[${index + 1}]::${type}`);
    const plan = async (call: (columns: string) => string, types: readonly string[]) => {
      const columns = types.map((_type, index) => `c${index}`);
      const given = arguments_(types).map((value, index) => `${value} as c${index}`);
      const { rows } = await client.query<Record<'QUERY PLAN', string>>(
        `explain (verbose, costs off) select ${call(columns.join(', '))} from (select ${given.join(', ')} offset 0) given`,
      );
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };

    it.each([
      ['decide_call', ['text', 'bool', 'bool', 'bool', 'bool', 'text', 'text', 'text[]', 'text[]']],
      ['option_rank', ['text', 'int', 'int']],
    ])('%s', async (name, types) => {
      expect(await plan((columns) => `${name}(${columns})`, types)).not.toContain(`${name}(`);
    });

    it.each([
      ['a clock', `select case when now() > '2000-01-01' then refused end`],
      ['a table', 'select o.slug from organizations o where o.slug = refused'],
    ])('and one that reads %s is not', async (_what, body) => {
      await client.query('begin');
      try {
        await client.query(
          `create function pretender(refused text) returns text language sql immutable as $$${body}$$`,
        );
        expect(await plan((columns) => `pretender(${columns})`, ['text'])).toContain('pretender(');
      } finally {
        await client.query('rollback');
      }
    });
  });
});
