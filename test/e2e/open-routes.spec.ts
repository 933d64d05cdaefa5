import { get } from 'node:http';
import { TcpProxy } from '../chaos/tcp-proxy.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { request } from '../support/http.js';

const TOKEN = 'a-token-for-the-metrics';

let db: TestDatabase;
let api: RunningApi;
let guarded: RunningApi;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  const env = { METRICS_TOKEN: TOKEN, PUBLIC_URL: 'https://ringfence.example' };
  guarded = await startApi({ databaseUrl: db.url, env });
});

afterAll(async () => {
  await api?.close();
  await guarded?.close();
  await db?.drop();
});

describe('the metrics', () => {
  it('are told to the machine itself where no token is set', async () => {
    expect((await request(`${api.url}/metrics`)).status).toBe(200);
  });

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])('are not told through a proxy: %s', async (name) => {
    const { status, body } = await request(`${api.url}/metrics`, { headers: { [name]: '127.0.0.1' } });
    expect([status, body.code]).toEqual([403, 'permission_denied']);
    expect(body.detail).toContain('METRICS_TOKEN');
  });

  it.each([
    ['none', {}],
    ['a wrong one', { token: 'a-token-for-the-metricS' }],
    ['an empty one', { headers: { authorization: 'Bearer ' } }],
    ['one of another scheme', { headers: { authorization: `Basic ${TOKEN}` } }],
  ])('need the token where one is set: %s', async (_kind, options) => {
    const { status, headers, body } = await request(`${guarded.url}/metrics`, options);
    expect([status, body.code]).toEqual([401, 'authentication_required']);
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });

  it('are told to whoever has the token', async () => {
    const { status, body } = await request<string>(`${guarded.url}/metrics`, { token: TOKEN });
    expect(status).toBe(200);
    expect(body).toContain('http_connections_open');
  });

  it('never are older than the question, and are collected once for all who ask within a second', async () => {
    const count = async () => {
      const { body } = await request<string>(`${api.url}/metrics`);
      return Number(
        /http_request_duration_seconds_count\{method="GET",route="\/livez",status="200"\} (\d+)/.exec(body)?.[1],
      );
    };
    await request(`${api.url}/livez`);
    const before = await count();
    expect(before).toBeGreaterThan(0);
    await request(`${api.url}/livez`);
    const counts = await Promise.all(Array.from({ length: 20 }, count));
    expect(new Set(counts)).toEqual(new Set([before + 1]));
  });
});

describe('the description of the API', () => {
  it('is not sent again to those who have it', async () => {
    const first = await request(`${api.url}/api/openapi.json`);
    const tag = first.headers.get('etag')!;
    expect([first.status, first.body.openapi, first.headers.get('cache-control')]).toEqual([200, '3.1.0', 'no-cache']);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await request(`${api.url}/api/openapi.json`, { headers: { 'if-none-match': known } });
      expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', tag]);
    }
    const changed = await request(`${api.url}/api/openapi.json`, { headers: { 'if-none-match': '"other"' } });
    expect(changed.status).toBe(200);
  });
});

describe('readiness', () => {
  it('is known within seconds when the database vanishes, and asked for once at a time', async () => {
    const url = new URL(db.url);
    const proxy = await TcpProxy.listen(Number(url.port));
    url.port = String(proxy.port);
    const cut = await startApi({ databaseUrl: url.href });
    try {
      expect((await request(`${cut.url}/readyz`)).status).toBe(200);
      proxy.goSilent();
      const begin = performance.now();
      for (;;) {
        const { status } = await request(`${cut.url}/readyz`);
        if (status === 503) break;
        expect(performance.now() - begin).toBeLessThan(5_000);
      }
      const answers = await Promise.all(Array.from({ length: 50 }, () => request(`${cut.url}/readyz`)));
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.detail}`))).toEqual(
        new Set(['503 The database does not answer in time.']),
      );
      expect(performance.now() - begin).toBeLessThan(8_000);
    } finally {
      proxy.heal();
      await cut.close();
      await proxy.close();
    }
  });
});

describe('Strict-Transport-Security', () => {
  const header = async (url: string) =>
    new Promise<string | undefined>((resolve, reject) => {
      get(url, (response) => {
        response.resume();
        resolve(response.headers['strict-transport-security']);
      }).on('error', reject);
    });

  it.each(['/livez', '/nowhere', '/api/v1/agents', '/api/docs'])(
    'is sent where people come by https: %s',
    async (path) => {
      expect(await header(guarded.url + path)).toBe('max-age=31536000');
    },
  );

  it('is not sent otherwise', async () => {
    expect(await header(`${api.url}/livez`)).toBeUndefined();
  });
});
