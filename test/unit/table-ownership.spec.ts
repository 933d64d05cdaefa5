import { readFileSync } from 'node:fs';
import { OWNERSHIP } from '../../scripts/table-ownership/owners.js';
import { moduleOf, type Ownership, ownershipFaults } from '../../scripts/table-ownership/ownership.js';
import { textsOfTypeScript } from '../../scripts/table-ownership/source-texts.js';
import { tableUses } from '../../scripts/table-ownership/table-uses.js';

const TABLES = new Set(['agents', 'phone_numbers', 'usage_daily', 'audit_events', 'clients']);

/** Uses in the order of the text: `w:agents r:phone_numbers`. */
function uses(sql: string): string {
  const found = tableUses(sql, TABLES).sort((one, other) => one.at - other.at);
  return found.map(({ kind, what }) => (kind === 'unclear' ? 'unclear' : `${kind[0]}:${what}`)).join(' ');
}

describe('The SQL that the lint of tables reads', () => {
  it.each([
    ['insert into agents (id) values ($1)', 'w:agents'],
    ['INSERT INTO "agents" as a (id) select id from phone_numbers n', 'w:agents r:phone_numbers'],
    ['insert into public.agents select', 'w:agents'],
    ['insert into pgboss.agents select', ''],
    ['update agents set name = $1', 'w:agents'],
    ['update only agents a set name = n.label from phone_numbers n where true', 'w:agents r:phone_numbers'],
    ['delete from agents a using phone_numbers n where true', 'w:agents r:phone_numbers'],
    ['merge into agents a using (select 1) s on true when matched then delete', 'w:agents'],
    ['merge into agents a using clients c on true when not matched then do nothing', 'w:agents r:clients'],
    ['truncate agents', 'w:agents'],
    ['truncate table only agents', 'w:agents'],
    ['copy agents (id) from stdin', 'w:agents'],
    ['alter table agents add column x int', 'w:agents'],
    ['insert into clients (id) values (1) on conflict (id) do update set name = excluded.name', 'w:clients'],
    ['with gone as (delete from agents returning id) insert into clients select id from gone', 'w:agents w:clients'],
    ['with moved as materialized (update agents set x = 1 returning id) select from moved', 'w:agents'],
  ])('writes: %s', (sql, expected) => {
    expect(uses(sql)).toBe(expected);
  });

  it.each([
    ['select * from agents a, phone_numbers n where a.id in (1, 2)', 'r:agents r:phone_numbers'],
    [
      'select * from agents a join lateral (select from clients) c on true, usage_daily',
      'r:agents r:clients r:usage_daily',
    ],
    ['select 1, agents from generate_series(1, 2) agents', ''],
    ['select (select count(*) from only agents), clients.name from x clients', 'r:agents'],
    ['select from agents order by id, phone_numbers', 'r:agents'],
    ['select from agents a cross join clients c for update of a skip locked', 'r:agents r:clients'],
    ['select from agents for no key update', 'r:agents'],
    ['select extract(epoch from agents), a is distinct from b, clients from x', 'r:agents'],
    ['from agents where organization_id = $1', 'r:agents'],
  ])('reads: %s', (sql, expected) => {
    expect(uses(sql)).toBe(expected);
  });

  it.each([
    ['-- delete from agents\nselect 1', ''],
    ['/* update agents /* set */ insert into clients */ select 1', ''],
    [`select 'insert into agents', E'it\\'s; delete from agents', 'a''b; update agents set x'`, ''],
    ['select "delete from agents"', ''],
    ['grant update on agents to x; create trigger t before insert or update or delete on agents', ''],
    ['create trigger t after update of name on agents execute function f()', ''],
    ['foreign key (a) references agents (id) on update cascade on delete set null', ''],
    ['select agents.name, clients from f() clients', ''],
  ])('no use: %s', (sql, expected) => {
    expect(uses(sql)).toBe(expected);
  });

  it('looks into the body of a function, also of one within another', () => {
    const body = `create function f() returns trigger language plpgsql as $$
      declare v_x text := 'update clients set x';
      begin
        update agents set name = $body$it's$body$ where id = new.id;
        perform from phone_numbers; -- insert into clients
        return null;
      end $$`;
    expect(uses(body)).toBe('w:agents r:phone_numbers');
    expect(uses('do $a$ begin execute $b$ delete from agents $b$; end $a$')).toBe('w:agents');
  });

  it.each([
    'with agents as (select 1) select from agents',
    'with recursive x as (select 1), agents (id, name) as not materialized (select 1) select from agents',
    'insert into \u0000 values (1)',
    'update \u0000 a set x = 1',
    'delete from \u0000',
    'insert into ',
  ])('does not let pass what it cannot tell: %s', (sql) => {
    expect(uses(sql)).toContain('unclear');
  });

  it('lets parts of statements pass whose tables stand elsewhere', () => {
    expect(uses('select * from \u0000 where x for update \u0000')).toBe('');
    expect(uses(`for \u0000 of a`)).toBe('');
  });
});

describe('The strings of a TypeScript file', () => {
  it('are templates with what is put in, names of tables in entities and options, and nothing of comments', () => {
    const { texts, named } = textsOfTypeScript(
      'x.ts',
      `// delete from agents
       const TABLE = 'agents' as const;
       const SQL = \`delete from \${TABLE} where \${condition(\`id in (select from clients)\`)}\`;
       @Entity('phone_numbers') class A {}
       new Limiter({ tableName: 'usage_daily' });
       await tx.manager.insert('clients', {});
       say('Update agents, please');`,
    );
    const sql = texts.map(({ text }) => text);
    expect(sql).toContain('delete from agents where \u0000');
    expect(sql).toContain('id in (select from clients)');
    expect(sql.join()).not.toContain('// delete');
    expect(named.map(({ text }) => text)).toEqual(['phone_numbers', 'usage_daily', 'clients']);
    expect(named.map(({ line }) => line)).toEqual([4, 5, 6]);
  });
});

describe('The lint of tables', () => {
  const schema = 'CREATE TABLE public.agents (id uuid);\ncreate table clients (id uuid);';
  const rules: Ownership = {
    owners: { agents: 'agents', clients: 'clients' },
    foreignWrites: {},
    foreignReads: {},
    areas: { counters: 'clients' },
  };
  const inModule = (module: string, sql: string) => ({
    file: `apps/api/src/modules/${module}/sql/x.sql.ts`,
    content: `\nexport const X = \`\n  ${sql}\`;`,
  });
  const faults = (source: { file: string; content: string }, ownership: Partial<Ownership> = {}) =>
    ownershipFaults([source], schema, { ...rules, ...ownership });

  it('lets the owner write and read', () => {
    expect(faults(inModule('agents', 'update agents set x = 1 from agents b'))).toEqual([]);
  });

  it.each([
    'insert into agents values (1)',
    'update agents set x = 1',
    'delete from agents',
    'with x as (insert into agents values (1) returning id) select from x',
  ])('bites when another module writes: %s', (sql) => {
    const message =
      'apps/api/src/modules/clients/sql/x.sql.ts:3: clients writes agents, which belongs to agents. Ask the owner through its public face';
    expect(faults(inModule('clients', sql))).toEqual([message]);
    // A read that is entered allows no write.
    expect(faults(inModule('clients', sql), { foreignReads: { clients: { agents: 'why' } } })).toContain(message);
  });

  it('bites when another module reads and has not said why', () => {
    const source = inModule('clients', 'select from agents');
    expect(faults(source)).toEqual([expect.stringContaining('clients reads agents, which belongs to agents')]);
    expect(faults(source, { foreignReads: { clients: { agents: 'why' } } })).toEqual([]);
    expect(faults(source, { foreignReads: { usage: { agents: 'why' } } })).toHaveLength(2);
  });

  it.each([
    ['an entity', 'apps/api/src/modules/clients/x.entity.ts', "@Entity('agents') export class X {}"],
    ['a library', 'apps/api/src/modules/clients/x.ts', "new Limiter({ tableName: 'agents' })"],
    ['a call', 'apps/api/src/modules/clients/x.ts', "tx.manager.getRepository('agents')"],
    [
      'a function of another area',
      'migrations/functions/counters/f.sql',
      'create function f() as $$ delete from agents $$',
    ],
    ['an area without a module', 'migrations/functions/new/f.sql', 'create function f() as $$ delete from agents $$'],
    ['the platform', 'apps/api/src/platform/jobs/x.ts', "const X = 'delete from agents';"],
    ['a script', 'scripts/x.ts', "await client.query('delete from agents');"],
  ])('bites when %s writes it', (_what, file, content) => {
    expect(faults({ file, content })).toEqual([expect.stringContaining('writes agents, which belongs to agents')]);
  });

  it('bites when the table is put in at run time', () => {
    const file = 'apps/api/src/modules/clients/x.ts';
    const content = 'export const f = (table: string) => `delete from ${table}`;';
    expect(faults({ file, content })).toEqual([expect.stringContaining('put in at run time')]);
  });

  it('bites when a table has no owner, and when an entry is left over', () => {
    const source = inModule('agents', 'select 1');
    expect(faults(source, { owners: { agents: 'agents' } })).toEqual(['The table clients has no owner']);
    expect(faults(source, { owners: { ...rules.owners, gone: 'agents' } })).toEqual([
      'The table gone has an owner and does not exist',
    ]);
    const foreignWrites = { 'usage agents': 'why' };
    expect(faults(source, { foreignWrites })).toEqual([
      'The foreign write "usage agents" is entered and does not happen',
    ]);
    const foreignReads = { usage: { agents: 'why' } };
    expect(faults(source, { foreignReads })).toEqual([
      'The foreign read "usage agents" is entered and does not happen',
    ]);
  });

  it('names the modules of all kinds of files', () => {
    const areas = { gate: 'call-gate' };
    expect(moduleOf('apps/api/src/modules/usage/sql/x.sql.ts', areas)).toBe('usage');
    expect(moduleOf('apps/api/src/platform/jobs/x.ts', areas)).toBe('platform/jobs');
    expect(moduleOf('migrations/functions/gate/x.sql', areas)).toBe('call-gate');
    expect(moduleOf('scripts/create-admin.ts', areas)).toBe('scripts/create-admin');
  });

  it('has a reason for each exception, and the same owners as the architecture tells', () => {
    const reasons = [
      ...Object.values(OWNERSHIP.foreignWrites),
      ...Object.values(OWNERSHIP.foreignReads).flatMap((tables) => Object.values(tables)),
    ];
    expect(reasons.filter((reason) => reason.length < 20)).toEqual([]);
    const page = readFileSync('docs/architecture.md', 'utf8');
    const told = [...page.matchAll(/^\| `([a-z/-]+)`\s+\| (`[a-z_`, ]+`)\s+\|$/gm)].flatMap(([, owner, tables]) =>
      [...tables!.matchAll(/`(\w+)`/g)].map((match) => [match[1]!, owner!]),
    );
    expect(Object.fromEntries(told)).toEqual(OWNERSHIP.owners);
  });
});
