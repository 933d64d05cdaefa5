import type pg from 'pg';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

/** Less than the age at which a process looks again by itself, so that what is seen sooner was heard. */
const HEARD_WITHIN_MS = 1_000;
const SEEN_BY_ITSELF_AFTER_MS = 5_000;

describe('what a caller may do, with two processes', () => {
  let db: TestDatabase;
  let here: RunningApi;
  let there: RunningApi;
  let organizationId: string;
  let token: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    [here, there] = await Promise.all([startApi({ databaseUrl: db.url }), startApi({ databaseUrl: db.url })]);
    organizationId = await createOrganization(db);
    await createUser(db, { organizationId, role: 'owner', email: 'owner@access.test' });
    token = await signIn(here.url, 'owner@access.test');
    await bothListen();
  });

  afterAll(async () => {
    await Promise.all([here?.close(), there?.close()]);
    await db?.drop();
  });

  const listeners = () =>
    db.query(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'ringfence-access'
         and state = 'idle' and query like 'listen%'`,
    );
  const bothListen = () => eventually(async () => (await listeners()).length === 2);

  /** An empty question to the gate there: 400 for a caller who may ask. */
  const statusThere = async (credentials: { apiKey?: string; token?: string }) =>
    (await request(`${there.url}/api/v1/call-gate/authorize`, { body: {}, ...credentials })).status;
  const usedKey = async () => {
    const made = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    expect(await statusThere({ apiKey: made.key })).toBe(400);
    return made;
  };

  it('refuses there, within a second, a key that is revoked here', async () => {
    const { id, key } = await usedKey();
    expect((await request(`${here.url}/api/v1/api-keys/${id}`, { method: 'DELETE', token })).status).toBe(200);
    await eventually(async () => (await statusThere({ apiKey: key })) === 401, HEARD_WITHIN_MS);
  });

  it('refuses there, within a second, a key that is removed or expires by hand', async () => {
    for (const change of ['delete from api_keys', 'update api_keys set expires_at = now()']) {
      const { id, key } = await usedKey();
      await db.query(`${change} where id = $1`, [id]);
      await eventually(async () => (await statusThere({ apiKey: key })) === 401, HEARD_WITHIN_MS);
    }
  });

  it.each([
    ['loses a role', 'PUT', { role: 'manager' }, 403],
    ['is removed', 'DELETE', undefined, 401],
  ])('sees there, within a second, that a person %s here', async (_what, method, body, status) => {
    const email = `${method.toLowerCase()}@access.test`;
    const id = await createUser(db, { organizationId, role: 'admin', email });
    const theirs = await signIn(there.url, email);
    expect(await statusThere({ token: theirs })).toBe(400);
    expect((await request(`${here.url}/api/v1/users/${id}`, { method, token, body })).status).toBe(200);
    await eventually(async () => (await statusThere({ token: theirs })) === status, HEARD_WITHIN_MS);
  });

  it('sees there, within a second, that a person is disabled', async () => {
    const id = await createUser(db, { organizationId, role: 'admin', email: 'disabled@access.test' });
    const theirs = await signIn(there.url, 'disabled@access.test');
    expect(await statusThere({ token: theirs })).toBe(400);
    await db.query('update users set disabled_at = now() where id = $1', [id]);
    await eventually(async () => (await statusThere({ token: theirs })) === 401, HEARD_WITHIN_MS);
  });

  it('refuses after five seconds what it was never told of', async () => {
    const { id, key } = await usedKey();
    const userId = await createUser(db, { organizationId, role: 'admin', email: 'unheard@access.test' });
    const theirs = await signIn(there.url, 'unheard@access.test');
    expect(await statusThere({ token: theirs })).toBe(400);
    await unheard(() => db.query('update api_keys set revoked_at = now() where id = $1', [id]));
    await unheard(() => db.query(`update memberships set role = 'manager' where user_id = $1`, [userId]));
    expect([await statusThere({ apiKey: key }), await statusThere({ token: theirs })]).toEqual([400, 400]);
    const { now } = performance;
    performance.now = () => now.call(performance) + SEEN_BY_ITSELF_AFTER_MS;
    try {
      expect([await statusThere({ apiKey: key }), await statusThere({ token: theirs })]).toEqual([401, 403]);
    } finally {
      performance.now = now;
    }
  });

  it('listens again after its connection was cut, and forgets what it may have missed', async () => {
    const { id, key } = await usedKey();
    const before = await listeners();
    expect(before).toHaveLength(2);
    await unheard(() => db.query('update api_keys set revoked_at = now() where id = $1', [id]));
    for (const { pid } of before) await db.query('select pg_terminate_backend($1)', [pid]);
    await eventually(async () => (await statusThere({ apiKey: key })) === 401, 2 * HEARD_WITHIN_MS);
    await bothListen();
    const next = await usedKey();
    await request(`${here.url}/api/v1/api-keys/${next.id}`, { method: 'DELETE', token });
    await eventually(async () => (await statusThere({ apiKey: next.key })) === 401, HEARD_WITHIN_MS);
  });

  it('sends an opaque id, and nothing at each use of a key', async () => {
    const heard: string[] = [];
    const client = await listening(heard);
    try {
      const { id } = await usedKey();
      await eventually(async () => {
        const [row] = await db.query('select last_used_at from api_keys where id = $1', [id]);
        return row!['last_used_at'] !== null;
      });
      await db.query('update api_keys set revoked_at = now() where id = $1', [id]);
      const [row] = await db.query(`select encode(key_hash, 'hex') as hash from api_keys where id = $1`, [id]);
      // Messages come in order: had the use been told, it would stand before this one.
      await eventually(async () => (await client.query('select 1')).rowCount === 1 && heard.length > 0);
      expect(heard).toEqual([`key:${row!['hash']}`]);
    } finally {
      await client.end();
    }
  });

  async function listening(heard: string[]): Promise<pg.Client> {
    const client = await db.connect();
    client.on('notification', ({ payload }) => heard.push(payload ?? ''));
    await client.query('listen ringfence_access');
    return client;
  }

  /** Makes a change that no trigger tells of, as if the message were lost. */
  async function unheard(change: () => Promise<unknown>): Promise<void> {
    const tables = ['api_keys', 'memberships'];
    for (const table of tables) await db.query(`alter table ${table} disable trigger user`);
    await change();
    for (const table of tables) await db.query(`alter table ${table} enable trigger user`);
  }
});
