import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization, createPhoneNumber, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

const POOL = '00000000-0000-7000-8000-000000000001';
const FREE = ['+13125550101', '+13125550102', '+442071838750'];
const OURS = '+13125550111';
const OUR_EXPIRED = '+13125550112';
const THEIRS = ['+13125550121', '+442071838751'];
const THEIR_EXPIRED = '+13125550122';
/** Reserved before anybody wrote down for whom. */
const NOBODYS = '+13125550131';

const OFFERED = [...FREE, OUR_EXPIRED, THEIR_EXPIRED];
const ALL = [...OFFERED, OURS, ...THEIRS, NOBODYS];

let db: TestDatabase;
let api: RunningApi;
let us: string;
let them: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  const [ourId, theirId] = [await createOrganization(db), await createOrganization(db)];
  await createUser(db, { organizationId: ourId, role: 'admin', email: 'us@acme.test' });
  await createUser(db, { organizationId: theirId, role: 'admin', email: 'them@rival.test' });
  [us, them] = [await signIn(api.url, 'us@acme.test'), await signIn(api.url, 'them@rival.test')];
  for (const e164 of FREE) await inPool(e164);
  await inPool(OURS, ourId, '1 hour');
  await inPool(OUR_EXPIRED, ourId, '-1 hour');
  for (const e164 of THEIRS) await inPool(e164, theirId, '1 hour');
  await inPool(THEIR_EXPIRED, theirId, '-1 hour');
  await inPool(NOBODYS, null, '1 hour');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

describe('What the pool offers', () => {
  it('is what others have not reserved, in the list, in the summary and on the dashboard', async () => {
    expect(await reported(us)).toEqual({ list: [...OFFERED, OURS].sort(), total: 6, summary: 6, dashboard: 6 });
    expect(await reported(them)).toEqual({ list: [...OFFERED, ...THEIRS].sort(), total: 7, summary: 7, dashboard: 7 });
  });

  it.each([
    [{ countryCode: 'GB' }, 1, 2],
    [{ countryCode: ['US', 'GB'] }, 6, 7],
    [{ q: '5550111' }, 1, 0],
    [{ tag: 'none' }, 0, 0],
  ])('is so among those of %j as well', async (filter, ours, theirs) => {
    for (const [token, count] of [
      [us, ours],
      [them, theirs],
    ] as const) {
      const { headers, body } = await list(token, { ...filter, status: 'available' });
      expect([body.length, headers.get('x-total-count')]).toEqual([count, String(count)]);
    }
  });

  it('is what a claim of the whole filter takes', async () => {
    const body = { operation: 'claim', filter: { status: 'available' }, preview: true };
    const preview = await request(`${api.url}/api/v1/phone-numbers/bulk`, { token: us, body });
    expect(preview.body).toMatchObject({ total: 6, done: 6, refused: 0 });
  });

  it('is shown among all of the pool, where everybody sees what is reserved but not for whom', async () => {
    expect(await numbers(us, { inPool: true })).toEqual([...ALL].sort());
    const { body } = await list(us, { status: 'reserved' });
    expect(Object.fromEntries(body.map((each) => [each.phoneNumber, each.reservedByUs]))).toEqual({
      [OURS]: true,
      [THEIRS[0]!]: false,
      [THEIRS[1]!]: false,
      [NOBODYS]: false,
    });
  });
});

async function reported(token: string) {
  const get = (path: string) => request(`${api.url}/api/v1${path}`, { token });
  const { headers } = await list(token, { status: 'available' });
  return {
    list: await numbers(token, { status: 'available' }),
    total: Number(headers.get('x-total-count')),
    summary: (await get('/phone-numbers/summary')).body.available,
    dashboard: (await get('/usage/summary')).body.phoneNumbers.pool,
  };
}

function list(token: string, filter: object) {
  const search = new URLSearchParams({ filter: JSON.stringify(filter), range: '[0,99]' });
  return request<{ phoneNumber: string; reservedByUs: boolean }[]>(`${api.url}/api/v1/phone-numbers?${search}`, {
    token,
  });
}

async function numbers(token: string, filter: object): Promise<string[]> {
  return (await list(token, filter)).body.map(({ phoneNumber }) => phoneNumber).sort();
}

async function inPool(e164: string, reservedBy: string | null = null, until: string | null = null): Promise<void> {
  const id = await createPhoneNumber(db, {
    organizationId: POOL,
    e164,
    countryCode: e164.startsWith('+44') ? 'GB' : 'US',
  });
  await db.query(`update phone_numbers set reserved_by = $2, reserved_until = now() + $3::interval where id = $1`, [
    id,
    reservedBy,
    until,
  ]);
}
