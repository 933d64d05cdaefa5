import { metricsRegistry } from '../../apps/api/src/platform/metrics/metrics.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { head, RawConnection } from '../support/raw-http.js';

const SHARE = 5;

let db: TestDatabase;
let api: RunningApi | undefined;
let opened: RawConnection[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
});

afterEach(async () => {
  opened.forEach((connection) => connection.end());
  opened = [];
  await api?.close();
  api = undefined;
});

afterAll(() => db?.drop());

async function start(env: Record<string, string>): Promise<void> {
  api = await startApi({ databaseUrl: db.url, env });
}

async function open(): Promise<RawConnection> {
  const connection = await RawConnection.open(api!.url);
  opened.push(connection);
  return connection;
}

async function isServed(connection: RawConnection): Promise<boolean> {
  connection.socket.write(head('GET', '/livez', {}));
  return connection.receives('HTTP/1.1 200');
}

/** Answers of the pages of problems, by the process of the test, in which the API runs. */
async function servedPages(): Promise<number> {
  const text = await metricsRegistry.metrics();
  return Number(/count\{method="GET",route="\/docs\/:kind\/:name",status="200"\} (\d+)/.exec(text)?.[1] ?? 0);
}

describe('the share of one address', () => {
  it('is told when it is used up, and is free again when a connection ends', async () => {
    await start({ MAX_CONNECTIONS_PER_ADDRESS: String(SHARE) });
    for (let served = 0; served < SHARE; served += 1) expect(await isServed(await open())).toBe(true);
    const refused = await open();
    await refused.closed;
    expect(refused.received).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
    expect(refused.received).toContain('Your address has 5 connections open.');
    expect(refused.received).toContain('retry-after: 1');
    expect(await isServed(opened[0]!)).toBe(true);
    opened[0]!.end();
    await eventually(async () => isServed(await open()));
  });

  it.each(['1', '127.0.0.0/8', '10.0.0.0/8,127.0.0.1'])('does not bound a proxy (TRUST_PROXY=%s)', async (proxies) => {
    await start({ MAX_CONNECTIONS_PER_ADDRESS: '1', TRUST_PROXY: proxies });
    for (let served = 0; served < 3; served += 1) expect(await isServed(await open())).toBe(true);
  });

  it('keeps the requests of refused connections from being served', async () => {
    await start({ MAX_CONNECTIONS_PER_ADDRESS: '1' });
    expect(await isServed(await open())).toBe(true);
    const before = await servedPages();
    const refused = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const connection = await open();
        connection.socket.write(head('GET', '/docs/problems/conflict', {}));
        await connection.closed;
        return connection.received;
      }),
    );
    expect(refused.filter((text) => text.includes('200 OK'))).toEqual([]);
    expect(await isServed(opened[0]!)).toBe(true);
    expect(await servedPages()).toBe(before);
  });

  it('bounds those who are no proxy', async () => {
    await start({ MAX_CONNECTIONS_PER_ADDRESS: '1', TRUST_PROXY: '10.0.0.0/8' });
    expect(await isServed(await open())).toBe(true);
    expect(await isServed(await open())).toBe(false);
  });
});

describe('all connections together', () => {
  it('are bounded, and those that are open go on', async () => {
    await start({ MAX_CONNECTIONS: '10' });
    for (let served = 0; served < 10; served += 1) expect(await isServed(await open())).toBe(true);
    const refused = await open();
    expect(await isServed(refused)).toBe(false);
    expect(refused.received).toBe('');
    expect(await isServed(opened[0]!)).toBe(true);
  });
});
