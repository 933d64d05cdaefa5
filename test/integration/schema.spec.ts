import { dumpSchema } from '../../scripts/schema-dump.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('the dumped schema', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db?.drop());

  /** The dump after a change that is taken back at once. */
  async function dumpAfter(change: string): Promise<string> {
    const client = await db.connect();
    try {
      await client.query('begin');
      await client.query(change);
      return await dumpSchema(client);
    } finally {
      await client.query('rollback');
      await client.end();
    }
  }

  it('is the same text each time', async () => {
    expect(await dumpAfter('')).toBe(await dumpAfter(''));
  });

  it.each([
    ['a column', `alter table agents add column shade text default 'blue' not null`],
    ['how a column is stored', 'alter table agents alter column name set storage external'],
    ['a default', `alter table agents alter column kind set default 'ai'`],
    ['a constraint', `alter table agents add constraint short check (length(name) < 500)`],
    ['an index', 'create index on agents (updated_at)'],
    ['a trigger', 'drop trigger touch on agents'],
    ['the force of row-level security', 'alter table agents no force row level security'],
    ['row-level security', 'alter table agents disable row level security'],
    ['a policy', 'create policy open on agents to ringfence_app using (true)'],
    ['a restrictive policy', 'create policy own on agents as restrictive to ringfence_app using (true)'],
    ['a privilege', 'grant delete on audit_events to ringfence_app'],
    ['a privilege of a column', 'grant select (password_hash) on users to ringfence_app'],
    ['a privilege of public', 'grant select on users to public'],
    ['a function', `create function one() returns int language sql immutable as 'select 1'`],
    ['who may run a function', 'revoke execute on function ringfence_clock() from public'],
    ['a comment', `comment on column agents.name is 'What people call it'`],
    ['an attribute of a role', 'alter role ringfence_app bypassrls'],
  ])('shows a change of %s', async (_what, change) => {
    expect(await dumpAfter(change)).not.toBe(await dumpAfter(''));
  });

  it.each([
    ['a view', 'create view open_numbers as select 1 as one'],
    ['a sequence', 'create sequence serial'],
    ['an enumeration', `create type shade as enum ('blue')`],
    ['an extension', 'create extension pgcrypto'],
    ['a schema', 'create schema other'],
  ])('is refused rather than written without %s', async (_what, change) => {
    await expect(dumpAfter(change)).rejects.toThrow('cannot write yet');
  });
});
