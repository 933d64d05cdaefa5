import { readdirSync, readFileSync } from 'node:fs';
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
  gate_busy_calls: {
    volatility: 'volatile',
    because: 'it locks rows, and reads which are missing by a snapshot younger than those locks',
  },
  gate_claim_keys: {
    volatility: 'volatile',
    because: 'it writes, and must see what became of the keys that it waited for',
  },
  gate_replays: {
    volatility: 'volatile',
    because: 'a stable function reads by the snapshot of its caller, which may be older than the wait for the locks',
  },
  gate_checks: { volatility: 'immutable', because: 'the policy depends on its arguments alone, and is inlined' },
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
    it('and the volatile ones of the gate say so in their files, although PostgreSQL would take them for that', () => {
      const silent = sqlFunctions.filter((file) => {
        const name = path.posix.basename(file);
        return (
          REASONS[name]?.volatility === 'volatile' &&
          !/\blanguage (plpg)?sql volatile\b/.test(readFileSync(path.join(FOLDER, `${file}.sql`), 'utf8'))
        );
      });
      expect(silent).toEqual([]);
    });

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

    it.each([['option_rank', ['int', 'int', 'int']]])('%s', async (name, types) => {
      expect(await plan((columns) => `${name}(${columns})`, types)).not.toContain(`${name}(`);
    });

    it('gate_checks, with its composites and the columns that the caller does not read', async () => {
      const { rows } = await client.query<Record<'QUERY PLAN', string>>(
        `explain (verbose, costs off) select k.refused from agent_phone_numbers a
         cross join lateral gate_checks(row(a.id, false, a.agent_active, a.number_active, a.paused_at is not null,
           a.allowed_countries, a.allowed_number_types, a.number_can_call)::assignment_facts, row(null, 'CA', 'MOBILE')::call_facts) k`,
      );
      const lines = rows.map((row) => row['QUERY PLAN']);
      const plan = lines.join('\n');
      expect(plan).not.toMatch(/gate_checks|ROW\(|Nested Loop|_facts/);
      expect(lines[0]).toBe('Seq Scan on public.agent_phone_numbers a');
      // No organization is suspended here and the type is free: both checks are gone before the statement runs.
      expect(plan).not.toMatch(/organization_suspended|number_type_blocked/);
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
