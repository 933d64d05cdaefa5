import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { createOrganization, createUser, signIn } from '../support/fixtures.js';
import { closeIdleConnections, HELD_UP_MS, holdingUp } from '../support/held-up.js';

/** Node takes 16 kB of address and headers together. */
const MOST = 14_000;
const filled = (part: string) => part.repeat(Math.floor(MOST / part.length));
const json = (text: string) => encodeURIComponent(text).slice(0, MOST);

let db: TestDatabase;
let api: ApiProcess;
let admin: string;

beforeAll(async () => {
  db = await createTestDatabase();
  const organizationId = await createOrganization(db);
  await createUser(db, { organizationId, role: 'owner', email: 'owner@addresses.test' });
  api = await startApiProcess(db.url);
  admin = await signIn(api.url, 'owner@addresses.test');
});

afterAll(async () => {
  closeIdleConnections();
  await api?.stop();
  await db?.drop();
});

const addresses: [kind: string, path: string, statuses: number[]][] = [
  ['thousands of parameters', `/livez?${filled('a&')}`, [400]],
  ['one parameter again and again', `/api/v1/agents?${filled('sort=1&')}`, [400]],
  ['thousands of unknown parameters', `/api/v1/call-gate/authorizations?${filled('a&')}`, [400]],
  ['a filter of many fields', `/api/v1/agents?filter={${filled('"a":1,').slice(0, -1)}}`, [400]],
  ['a filter nested deeply', `/api/v1/agents?filter=${filled('[')}`, [400]],
  ['a filter that names a field twice', `/api/v1/agents?filter=${json('{"q":"a","q":"b"}')}`, [400]],
  ['a filter with half of a character', `/api/v1/agents?filter=${json('{"q":"\\ud800"}')}`, [400]],
  ['a filter that reaches into prototypes', `/api/v1/agents?filter=${json('{"__proto__":{"q":"a"}}')}`, [400]],
  ['a path of many parts', `/${filled('a/')}`, [404]],
  ['a path of digits', `/${filled('1-')}`, [404]],
  ['a path of beginnings of tokens', `/${filled('eyJ')}`, [404]],
  ['a path of percent signs', `/${filled('%2B1')}`, [400, 404]],
];

describe('an address that costs a careless reader more than its length', () => {
  it.each(addresses)('is answered at once: %s', async (_kind, path, statuses) => {
    const headers = { authorization: `Bearer ${admin}` };
    const { status, ms } = await holdingUp(api.url, { url: encodeURI(decodeURI(api.url + path)), headers });
    expect(statuses).toContain(status);
    expect(ms).toBeLessThan(HELD_UP_MS);
  });
});

describe('a header that costs a careless reader more than its length', () => {
  it.each([
    ['thousands of media types', { accept: filled('a,') }],
    ['media types with parameters', { accept: filled('a;q=1,') }],
    ['thousands of cookies', { cookie: filled('a=1;') }],
    ['a cookie of equals signs', { cookie: filled('=') }],
    ['a long request id', { 'x-request-id': filled('a') }],
    ['many addresses of proxies', { 'x-forwarded-for': filled('1.1.1.1,') }],
    ['a long preference', { prefer: filled('wait ') }],
    ['a long credential', { authorization: `Basic ${filled('YTph')}` }],
    ['thousands of headers', Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x-${index}`, '1']))],
  ])('is answered at once: %s', async (_kind, headers) => {
    const { status, ms } = await holdingUp(api.url, { url: `${api.url}/api/v1/agents`, headers });
    expect(status).toBe(401);
    expect(ms).toBeLessThan(HELD_UP_MS);
  });
});
