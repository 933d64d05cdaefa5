import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import type { AuditChainView } from '#contracts';
import { type ChainAnchor, type ChainQuery, verifyChain } from '../../apps/api/src/modules/audit/audit.public.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization } from '../support/fixtures.js';

const EVENTS = 8;

let db: TestDatabase;
let organizationId: string;
let slug: string;
let serial = 0;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ringfence-audit-'));
  db = await createTestDatabase();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await db?.drop();
});

beforeEach(async () => {
  serial += 1;
  slug = `audited-${serial}`;
  organizationId = await createOrganization(db, { slug });
  await write(EVENTS);
});

async function write(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await db.query(
      `insert into audit_events (organization_id, actor_kind, actor_id, actor_label, action, subject_type, subject_id,
         related_ids, changes, request_id)
       values ($1, 'user', uuidv7(), 'Zoë "Z" <zoe@example.test>', 'agent.updated', 'agent', uuidv7(), array[uuidv7()],
         $2, 'request')`,
      [
        organizationId,
        JSON.stringify({ limit: { from: 1.5, to: index }, 'näme, [x]': { from: null, to: '\\u2028\n' } }),
      ],
    );
  }
}

const link = async (atMost = 1_000): Promise<number> =>
  (await db.query('select link_audit_events($1, $2) as linked', [organizationId, atMost]))[0]!['linked'] as number;

/** As the owner of the database, who is not held back by triggers. `:own` are the rows of the test's organization. */
async function tamper(sql: string): Promise<void> {
  const client: pg.Client = await db.connect();
  await client.query('set session_replication_role = replica');
  await client.query(sql.replaceAll(':own', `organization_id = '${organizationId}'`));
  await client.end();
}

interface Outcome {
  code: number;
  output: string;
}

function run(...flags: string[]): Promise<Outcome> {
  const script = path.resolve('dist/scripts/audit-verify.js');
  const options = { env: { ...process.env, SYSTEM_DATABASE_URL: db.systemUrl } };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--no-warnings', script, ...flags], options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

function verify(...anchors: ChainAnchor[]): Promise<AuditChainView> {
  const query: ChainQuery = async <Row>(sql: string, parameters: readonly unknown[]) =>
    (await db.query(sql, parameters)) as Row[];
  return verifyChain(query, organizationId, { anchors });
}

describe('The chain of audit events', () => {
  it('links what was written, in its order and without gaps, and can be computed anew', async () => {
    expect(await verify()).toMatchObject({ intact: true, sequence: 0, unlinked: EVENTS });
    expect([await link(3), await link(3), await link(3), await link(3)]).toEqual([3, 3, 2, 0]);
    const rows = await db.query(
      'select sequence::integer from audit_events where organization_id = $1 order by occurred_at, id',
      [organizationId],
    );
    expect(rows.map(({ sequence }) => sequence as number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await verify()).toMatchObject({ intact: true, sequence: EVENTS, unlinked: 0, broken: null });
  });

  it('is intact before anything has happened', async () => {
    await createOrganization(db, { slug: 'new' });
    const { code, output } = await run('--organization', 'new');
    expect([code, output]).toEqual([0, `new: intact, 0 events, head 0:${'0'.repeat(64)}\n`]);
  });

  it.each([
    [`occurred_at = occurred_at + interval '1 microsecond'`],
    [`id = uuidv7()`],
    [`actor_kind = 'system'`],
    [`actor_id = null`],
    [`actor_label = 'somebody else'`],
    [`action = 'agent.deleted'`],
    [`subject_type = 'user'`],
    [`subject_id = uuidv7()`],
    [`related_ids = '{}'`],
    [`changes = changes || '{"limit": {"from": 2, "to": 4}}'`],
    [`request_id = null`],
    [`hash = sha256('x')`],
  ])('finds an event with %s', async (assignment) => {
    await link();
    await tamper(`update audit_events set ${assignment} where :own and sequence = 4`);
    const result = await verify();
    expect(result).toMatchObject({ intact: false, sequence: 3, broken: { kind: 'changed', sequence: 4 } });
    expect(result.broken!.eventId).toEqual(expect.any(String));
  });

  it.each([
    ['a removed event', 'delete from audit_events where :own and sequence = 4', 'missing', 4],
    ['a removed first event', 'delete from audit_events where :own and sequence = 1', 'missing', 1],
    ['a removed tail', 'delete from audit_events where :own and sequence > 5', 'missing', 6],
    ['all events removed', 'delete from audit_events where :own', 'missing', 1],
    [
      'an event that lost its link',
      'update audit_events set sequence = null, previous_hash = null, hash = null where :own and sequence = 5',
      'missing',
      5,
    ],
    [
      'two events that changed places',
      `alter table audit_events drop constraint audit_events_sequence_key;
       update audit_events set sequence = 9 - sequence where :own and sequence in (4, 5)`,
      'unlinked',
      4,
    ],
    ['a lost head', 'delete from audit_chain_heads where :own', 'head', 1],
    ['a head that was set back', 'update audit_chain_heads set sequence = 6 where :own', 'head', 7],
    ['a wrong head', `update audit_chain_heads set hash = sha256('x') where :own`, 'head', 8],
  ])('finds %s', async (_name, sql, kind, sequence) => {
    await link();
    await tamper(sql);
    expect(await verify()).toMatchObject({ intact: false, broken: { kind, sequence } });
  });

  it('finds by an anchor that the tail was cut off together with the head', async () => {
    await link();
    const kept = await run('--organization', slug, '--json');
    const file = path.join(folder, 'anchors.json');
    await writeFile(file, kept.output);
    const before = await verify();
    await tamper(`delete from audit_events where :own and sequence > 5;
      update audit_chain_heads set sequence = 5, hash = (select hash from audit_events where :own and sequence = 5)
      where :own`);
    expect(await verify()).toMatchObject({ intact: true, sequence: 5 });
    const broken = { kind: 'missing', sequence: 6 };
    expect(await verify({ sequence: EVENTS, hash: before.hash })).toMatchObject({ intact: false, broken });
    expect((await run('--organization', slug)).code).toBe(0);
    const said = `${slug}: BROKEN. Event 6 is missing`;
    for (const flags of [
      ['--organization', slug, '--anchor', `8:${before.hash}`],
      ['--organization', slug, '--anchors', file],
      ['--anchors', file],
    ]) {
      const { code, output } = await run(...flags);
      expect([code, output]).toEqual([1, expect.stringContaining(said)]);
    }
  });

  it('finds by an anchor that the chain was written anew', async () => {
    await link();
    const { hash } = await verify();
    await tamper(`update audit_events set sequence = null, previous_hash = null, hash = null where :own;
      update audit_events set actor_label = 'nobody' where :own;
      delete from audit_chain_heads where :own`);
    expect(await link()).toBe(EVENTS);
    expect(await verify()).toMatchObject({ intact: true });
    const broken = { kind: 'rewritten', sequence: EVENTS };
    expect(await verify({ sequence: EVENTS, hash })).toMatchObject({ intact: false, broken });
  });

  it('holds against an anchor when events followed', async () => {
    await link();
    const { hash } = await verify();
    await write(2);
    await link();
    expect(await verify({ sequence: EVENTS, hash })).toMatchObject({ intact: true, sequence: 10 });
  });

  it.each([
    ['--organization', 'nobody'],
    ['--anchor', `8:${'0'.repeat(64)}`],
    ['--organization', 'platform', '--anchor', 'x'],
    ['--anchors', '/nowhere'],
    ['--nonsense'],
  ])('says with exit code 2 that it could not check: %s %s', async (...flags) => {
    expect((await run(...flags)).code).toBe(2);
  });

  it('goes on while one transaction has not been committed yet', async () => {
    const late = await db.connect();
    await late.query('begin');
    await late.query(
      `insert into audit_events (organization_id, actor_kind, actor_label, action, subject_type)
       values ($1, 'system', 'late', 'test.done', 'test')`,
      [organizationId],
    );
    await write(1);
    expect(await link()).toBe(EVENTS + 1);
    await late.query('commit');
    await late.end();
    expect(await link()).toBe(1);
    expect(await verify()).toMatchObject({ intact: true, sequence: EVENTS + 2 });
  });
});

describe('Nobody', () => {
  it.each([`update audit_events set action = 'x'`, 'delete from audit_events', 'truncate audit_events'])(
    'not even the owner of the table gets through with: %s',
    async (sql) => {
      await expect(db.query(sql)).rejects.toMatchObject({ code: '42501' });
      await link();
      await expect(db.query(sql)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('links an event twice', async () => {
    await link();
    await expect(db.query('update audit_events set sequence = sequence + 100')).rejects.toMatchObject({
      code: '42501',
    });
  });

  it.each(['ringfence_app', 'ringfence_system'])('may choose time, id or link as %s', async (role) => {
    const client = await db.connect();
    for (const column of ['id', 'occurred_at', 'sequence', 'hash']) {
      await client.query('begin');
      await client.query(`set local role ${role}`);
      await client.query(`set local ringfence.organization_ids = '{${organizationId}}'`);
      await expect(
        client.query(`insert into audit_events (organization_id, actor_kind, actor_label, action, subject_type, ${column})
          values ('${organizationId}', 'system', 'x', 'x', 'x', null)`),
      ).rejects.toMatchObject({ code: '42501' });
      await client.query('rollback');
    }
    await client.end();
  });
});
