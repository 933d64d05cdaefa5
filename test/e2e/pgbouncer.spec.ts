import pg from 'pg';
import { TcpProxy } from '../chaos/tcp-proxy.js';
import { gateSession } from '../../apps/api/src/modules/call-gate/engine/gate-database.js';
import { APP_SESSION, SYSTEM_SESSION } from '../../apps/api/src/platform/database/connection-options.js';
import { type RunningApi, startApi } from '../support/api.js';
import { endingOfApi } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';
import { refusalAtStart } from '../support/start-refusal.js';
import { hasPgBouncer, PgBouncer } from '../support/pgbouncer.js';

const IGNORING = { ignore_startup_parameters: 'options,extra_float_digits' };
const MODES: [name: string, settings: Record<string, string>][] = [
  ['pools by transaction', { pool_mode: 'transaction' }],
  ['pools by transaction and drops the start-up parameters', { pool_mode: 'transaction', ...IGNORING }],
  ['pools by session', { pool_mode: 'session' }],
  ['pools by session and drops the start-up parameters', { pool_mode: 'session', ...IGNORING }],
];
const DROPS_OPTIONS = { pool_mode: 'transaction', ...IGNORING };

const describeWithPgBouncer = hasPgBouncer() ? describe : describe.skip;

describeWithPgBouncer('behind PgBouncer', () => {
  let db: TestDatabase;
  let bouncer: PgBouncer | undefined;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterEach(async () => {
    await bouncer?.stop();
    bouncer = undefined;
  });
  afterAll(() => db?.drop());

  async function bounce(settings: Record<string, string>): Promise<PgBouncer> {
    bouncer = await PgBouncer.start([db.appUrl, db.systemUrl], settings);
    return bouncer;
  }

  /** Makes logins that come as the API wants its sessions to be, whatever the start-up parameters say. */
  async function setForLogins(): Promise<void> {
    for (const [url, { role, settings }] of [
      [db.appUrl, APP_SESSION],
      [db.systemUrl, SYSTEM_SESSION],
    ] as const) {
      const scope = `alter role ${new URL(url).username} in database "${new URL(url).pathname.slice(1)}"`;
      for (const [name, value] of Object.entries({ ...settings, ...gateSession(100).settings })) {
        await db.query(`${scope} set ${name} = ${value}`);
      }
      await db.query(`${scope} set role = ${role}`);
    }
  }

  async function unsetForLogins(): Promise<void> {
    for (const url of [db.appUrl, db.systemUrl]) {
      await db.query(`alter role ${new URL(url).username} in database "${new URL(url).pathname.slice(1)}" reset all`);
    }
  }

  const SAYS_SO =
    /^StartupRefusal: The call gate cannot be served: DATABASE_URL leads to a connection pooler .* PostgreSQL itself/;

  it.each(MODES)('the API does not start when it %s', async (_name, settings) => {
    const { appUrl, systemUrl } = db;
    const through = await bounce(settings);
    const env = { DATABASE_URL: through.before(appUrl), SYSTEM_DATABASE_URL: through.before(systemUrl) };
    expect(await refusalAtStart(env)).toMatch(SAYS_SO);
  });

  it('the API ends with one line, and not with a stack', async () => {
    const through = await bounce(DROPS_OPTIONS);
    const env = { DATABASE_URL: through.before(db.appUrl), SYSTEM_DATABASE_URL: through.before(db.systemUrl) };
    expect(await endingOfApi(env)).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^The call gate cannot be served: DATABASE_URL leads to a connection pooler/)],
    });
  });

  it('the API does not start when only the sessions of the system go through it', async () => {
    const through = await bounce(DROPS_OPTIONS);
    const env = { DATABASE_URL: db.appUrl, SYSTEM_DATABASE_URL: through.before(db.systemUrl) };
    expect(await refusalAtStart(env)).toMatch(/: SYSTEM_DATABASE_URL leads to a connection pooler .*[.]$/);
  });

  it('the API does not start although the logins have role and settings of themselves', async () => {
    await setForLogins();
    try {
      const through = await bounce(DROPS_OPTIONS);
      const env = { DATABASE_URL: through.before(db.appUrl), SYSTEM_DATABASE_URL: through.before(db.systemUrl) };
      expect(await refusalAtStart(env)).toMatch(SAYS_SO);
    } finally {
      await unsetForLogins();
    }
  });

  it('a session whose start-up parameters were dropped has no right at all', async () => {
    const through = await bounce(DROPS_OPTIONS);
    for (const url of [db.appUrl, db.systemUrl]) {
      const client = new pg.Client({ connectionString: through.before(url), options: '-c role=ringfence_app' });
      await client.connect();
      const { username } = new URL(url);
      expect((await client.query('select current_user::text as acts_as')).rows).toEqual([{ acts_as: username }]);
      for (const table of ['organizations', 'users', 'call_authorizations']) {
        await expect(client.query(`select from ${table}`)).rejects.toMatchObject({ code: '42501' });
      }
      await client.end();
    }
  });

  describe('that comes between while the API runs', () => {
    let proxy: TcpProxy;
    let api: RunningApi;
    let apiKey: string;
    let call: object;

    beforeAll(async () => {
      const url = new URL(db.url);
      proxy = await TcpProxy.listen(Number(url.port));
      url.port = String(proxy.port);
      api = await startApi({ databaseUrl: url.href });
      const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
      const agentId = await createAgent(db, { organizationId });
      const phoneNumberId = await createPhoneNumber(db, { organizationId });
      await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1_000_000 });
      const scopes = ['calls:authorize', 'numbers:read'] as const;
      apiKey = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
      call = { agentId, destination: '+14165550123' };
    });
    afterAll(async () => {
      await api?.close();
      await proxy?.close();
    });

    const authorize = () => request(`${api.url}/api/v1/call-gate/authorize`, { apiKey, body: call });
    const list = () => request(`${api.url}/api/v1/phone-numbers`, { apiKey });
    const ready = () => request(`${api.url}/readyz`);

    it.each(MODES)('and %s: nothing is served until it is gone', async (_name, settings) => {
      await eventually(async () => (await authorize()).body.allowed === true);
      const direct = Number(new URL(db.url).port);
      const through = await bounce(settings);
      proxy.retarget(Number(new URL(through.before(db.url)).port));
      proxy.cut();
      // A request may still meet a connection that was just cut; it is a new one that counts.
      for (let request = 0; request < 3; request += 1) {
        const [decision, page] = [await authorize(), await list()];
        expect([decision.status, decision.body.code]).toEqual([503, 'gate_unavailable']);
        expect([page.status, page.body.code]).toEqual([503, 'service_unavailable']);
      }
      await eventually(async () => (await ready()).status === 503);
      const parameters = settings['ignore_startup_parameters']
        ? 'leads to a connection pooler'
        : 'refuses the logins of the API';
      await eventually(async () => String((await ready()).body.detail).includes(parameters));
      proxy.retarget(direct);
      proxy.cut();
      await eventually(async () => (await authorize()).body.allowed === true);
      await eventually(async () => (await ready()).status === 200);
      expect((await list()).status).toBe(200);
    });
  });
});
