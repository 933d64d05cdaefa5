import { ApiKeyPrincipals } from '../../apps/api/src/modules/auth/access/api-key-principals.js';
import { GATE_AUTHORIZE } from '../../apps/api/src/modules/call-gate/engine/sql/gate-authorize.sql.js';
import { TcpProxy } from '../chaos/tcp-proxy.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

describe('a reply of the database that is lost on its way', () => {
  let db: TestDatabase;
  let proxy: TcpProxy;
  let api: RunningApi;
  let agentId: string;
  let key: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    const url = new URL(db.url);
    proxy = await TcpProxy.listen(Number(url.port));
    url.port = String(proxy.port);
    api = await startApi({ databaseUrl: url.href });
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 10 });
    key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
  });

  afterAll(async () => {
    proxy?.heal();
    await api?.close();
    await proxy?.close();
    await db?.drop();
  });

  const authorize = (idempotencyKey: string) =>
    request(`${api.url}/api/v1/call-gate/authorize`, {
      apiKey: key,
      body: { agentId, destination: '+14165550123' },
      headers: { 'idempotency-key': idempotencyKey },
    });

  it('is waited for no longer than five seconds, refused, and answered when it is asked for again', async () => {
    expect((await authorize('before')).body).toMatchObject({ allowed: true, used: 1 });
    // As if a change had been heard: the key is looked up anew.
    api.app.get(ApiKeyPrincipals).forgetAll();
    // Not before it: a key whose look-up gets no reply is refused sooner, and the gate is never asked.
    proxy.loseRepliesFrom(GATE_AUTHORIZE.name);
    const started = performance.now();
    const lost = await authorize('lost');
    expect(lost.body).toMatchObject({ status: 503, code: 'gate_unavailable' });
    expect(lost.headers.get('retry-after')).toBe('1');
    const waitedMs = performance.now() - started;
    expect(waitedMs).toBeGreaterThan(4_500);
    expect(waitedMs).toBeLessThan(9_000);

    proxy.heal();
    expect((await authorize('lost')).body).toMatchObject({ allowed: true, used: 2 });
    expect((await authorize('after')).body).toMatchObject({ allowed: true, used: 3 });
  });
});
