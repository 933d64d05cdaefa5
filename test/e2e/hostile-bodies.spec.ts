import { problemCodeList } from '#contracts';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { closeIdleConnections, HELD_UP_MS, holdingUp } from '../support/held-up.js';
import { hostileBodies } from '../support/hostile-bodies.js';

const MEGABYTE = 1_000_000;

let db: TestDatabase;
let api: ApiProcess;
let admin: string;
let key: string;

beforeAll(async () => {
  db = await createTestDatabase();
  const organizationId = await createOrganization(db);
  await createUser(db, { organizationId, role: 'owner', email: 'owner@bodies.test' });
  key = (await createApiKey(db, { organizationId, scopes: ['calls:authorize'] })).key;
  api = await startApiProcess(db.url);
  admin = await signIn(api.url, 'owner@bodies.test');
});

afterAll(async () => {
  closeIdleConnections();
  await api?.stop();
  await db?.drop();
});

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
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token() ?? ''}` };
    const { status, code, ms } = await holdingUp(api.url, { url: api.url + path, method, headers, body });
    expect([400, 413]).toContain(status);
    expect(problemCodeList).toContain(code);
    expect(ms).toBeLessThan(HELD_UP_MS);
  });
});
