import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type RunningApi, startApi } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { request } from '../support/http.js';

let database: TestDatabase;
let api: RunningApi;
let console: string;

beforeAll(async () => {
  console = await mkdtemp(join(tmpdir(), 'console-'));
  await mkdir(join(console, 'assets'));
  await writeFile(join(console, 'index.html'), '<!doctype html><title>Console</title>');
  await writeFile(join(console, 'assets', 'app-abc123.js'), 'export {}');
  database = await createTestDatabase();
  api = await startApi({ databaseUrl: database.url, env: { CONSOLE_DIR: console } });
});

afterAll(async () => {
  await api.close();
  await database.drop();
  await rm(console, { recursive: true });
});

describe('every answer', () => {
  it('carries the request id of the caller, or a new one', async () => {
    const given = await request(`${api.url}/livez`, { headers: { 'x-request-id': 'call-42' } });
    expect(given.headers.get('x-request-id')).toBe('call-42');
    const made = await request(`${api.url}/livez`, { headers: { 'x-request-id': 'not well formed' } });
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f]{12}-\w+$/);
  });

  it('may not be stored, sniffed or framed', async () => {
    const { headers } = await request(`${api.url}/livez`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toContain("script-src 'self';");
  });
});

describe('operations', () => {
  it('says that the process lives and is ready', async () => {
    expect((await request(`${api.url}/livez`)).body).toEqual({ status: 'ok' });
    expect((await request(`${api.url}/readyz`)).body).toMatchObject({
      status: 'ok',
      info: { database: { status: 'up' } },
    });
  });

  it('is not ready once a newer version migrated the database', async () => {
    await database.query(
      `insert into migrations (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')`,
    );
    // An answer holds for a second.
    await eventually(async () => (await request(`${api.url}/readyz`)).status === 503);
    const { body } = await request(`${api.url}/readyz`);
    await database.query(`delete from migrations where timestamp = 9999999999999`);
    expect(body).toMatchObject({
      code: 'service_unavailable',
      detail: expect.stringContaining('newer version') as string,
    });
  });

  it('counts requests by route pattern and never by what stands in the address', async () => {
    await request(`${api.url}/docs/problems/conflict`);
    await request(`${api.url}/some/secret/address`);
    const { body } = await request<string>(`${api.url}/metrics`);
    expect(body).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/docs\/:kind\/:name",status="\d+"\} 1/,
    );
    expect(body).toContain('route="unmatched",status="404"');
    expect(body).not.toContain('secret');
  });
});

describe('documentation', () => {
  it('describes the API in OpenAPI', async () => {
    const { body } = await request(`${api.url}/api/openapi.json`);
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.components.securitySchemes)).toEqual([
      'bearer',
      'apiKey',
      'basic',
      'refreshToken',
      'metricsToken',
    ]);
    expect(body.paths['/livez'].get.security).toEqual([]);
  });

  it('serves the page to try it, with all its files', async () => {
    const page = await request<string>(`${api.url}/api/docs`);
    expect(page.status).toBe(200);
    const files = [...page.body.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => path);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect((await request(`${api.url}/api/${file}`)).status).toBe(200);
    expect(page.body).not.toMatch(/(?:src|href)="(?!\.\/)/);
  });
});

describe('console', () => {
  it('is served under / and asked for again at every visit', async () => {
    const { headers, body } = await request<string>(`${api.url}/`);
    expect(body).toContain('<title>Console</title>');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('has files that may be kept for ever', async () => {
    const { headers } = await request(`${api.url}/assets/app-abc123.js`);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('says how to build it when it is not built', async () => {
    const bare = await startApi({ databaseUrl: database.url, env: { CONSOLE_DIR: join(console, 'assets') } });
    const { status, body } = await request<string>(`${bare.url}/`);
    await bare.close();
    expect(status).toBe(200);
    expect(body).toContain('npm run build:console');
  });
});
