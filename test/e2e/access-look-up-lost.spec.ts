import type { Socket } from 'node:net';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { SYSTEM_POOL } from '../../apps/api/src/platform/database/database.js';
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

const TOO_LATE = 'What you may do was not found out in time. Try again in a moment.';

describe('a caller who has to be looked up while the database says nothing', () => {
  let db: TestDatabase;
  let proxy: TcpProxy;
  let api: RunningApi;
  let organizationId: string;
  let agentId: string;
  const log: string[] = [];

  beforeAll(async () => {
    db = await createTestDatabase();
    const url = new URL(db.url);
    proxy = await TcpProxy.listen(Number(url.port));
    url.port = String(proxy.port);
    api = await startApi({ databaseUrl: url.href, onLog: (line) => log.push(line) });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 10 });
  });

  afterAll(async () => {
    proxy?.heal();
    await api?.close();
    await proxy?.close();
    await db?.drop();
  });
  afterEach(() => proxy.heal());

  const newKey = async () =>
    (await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'numbers:read'] })).key;
  const call = () => ({ agentId, destination: '+14165550123' });

  const logged = () => log.map((line) => JSON.parse(line) as Record<string, unknown>);

  it.each([
    ['authorize', 'goes silent', () => proxy.goSilent(), () => call()],
    ['authorize', 'loses its replies', () => proxy.loseReplies(), () => call()],
    ['authorize-batch', 'goes silent', () => proxy.goSilent(), () => ({ calls: [call()] })],
  ])(
    'is told by %s not to dial when the link %s, and answered once it is mended',
    async (route, _what, breakLink, body) => {
      const apiKey = await newKey();
      const requestId = `lost-${log.length}`;
      const ask = () =>
        request(`${api.url}/api/v1/call-gate/${route}`, {
          apiKey,
          body: body(),
          headers: { 'x-request-id': requestId },
        });
      breakLink();
      const [lost, sharing] = await Promise.all([ask(), ask()]);
      for (const { status, body, headers } of [lost, sharing]) {
        expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'gate_unavailable', '1']);
      }
      expect(logged()).toContainEqual(
        expect.objectContaining({
          requestId,
          status: 503,
          code: 'gate_unavailable',
          reason: expect.stringContaining('what you may do could not be looked up') as string,
          cause: TOO_LATE,
        }),
      );

      proxy.heal();
      const { status, body: answer } = await ask();
      expect(status).toBe(200);
      expect(JSON.stringify(answer)).toContain('"allowed":true');
    },
  );

  it('is told by other routes to try again', async () => {
    const apiKey = await newKey();
    const headers = { 'x-request-id': 'lost-list' };
    const ask = () => request(`${api.url}/api/v1/phone-numbers`, { apiKey, headers });
    proxy.goSilent();
    const lost = await ask();
    expect([lost.status, lost.body.code, lost.headers.get('retry-after')]).toEqual([503, 'service_unavailable', '1']);
    expect(logged()).toContainEqual(
      expect.objectContaining({ requestId: 'lost-list', status: 503, code: 'service_unavailable', reason: TOO_LATE }),
    );
    proxy.heal();
    expect((await ask()).status).toBe(200);
  });

  it('waits on no connection that is silent for longer than a statement may run', async () => {
    const runner = api.app.get<DataSource>(getDataSourceToken(SYSTEM_POOL)).createQueryRunner();
    const { connection } = (await runner.connect()) as { connection: { stream: Socket } };
    expect(connection.stream.timeout).toBe(35_000);
    const waiting = runner.query('select pg_sleep(20)').catch((error: unknown) => error);
    connection.stream.emit('timeout');
    expect(await waiting).toMatchObject({ message: 'The database said nothing for 35000 ms' });
    await runner.release();
  });
});
