import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let key: string;
let keyWithoutAssignments: string;
const agents: Record<string, string> = {};

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { defaultAllowedCountries: ['US'] });
  key = (await createApiKey(db, { organizationId, scopes: ['assignments:read'] })).key;
  keyWithoutAssignments = (await createApiKey(db, { organizationId, scopes: ['numbers:read'] })).key;
  for (const name of ['Alice', 'Bob']) agents[name] = await createAgent(db, { organizationId, name });
  for (const [last, agent, provider] of [
    ['1', 'Alice', 'twilio'],
    ['2', 'Alice', 'telnyx'],
    ['3', 'Bob', 'telnyx'],
  ] as const) {
    const number = { organizationId, e164: `+1202555010${last}`, provider, label: `Desk ${last}` };
    const phoneNumberId = await createPhoneNumber(db, number);
    await createAssignment(db, {
      organizationId,
      agentId: agents[agent]!,
      phoneNumberId,
      allowedCountries: last === '1' ? ['CA', 'GB'] : null,
      callsMadeToday: 7,
    });
  }
  await db.query(`update agent_phone_numbers set paused_at = now() where agent_id = $1`, [agents['Bob']]);
  const rivalId = await createOrganization(db);
  const theirs = { organizationId: rivalId, phoneNumberId: await createPhoneNumber(db, { organizationId: rivalId }) };
  await createAssignment(db, { ...theirs, agentId: await createAgent(db, { organizationId: rivalId }) });
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const filterOf = (filter: object) => `filter=${encodeURIComponent(JSON.stringify(filter))}`;
type Sent = NonNullable<Parameters<typeof request>[1]>;
const get = (path: string, options: Sent = { apiKey: key }) =>
  request(`${api.url}/api/v1/agent-assignments${path}`, options);
const linesOf = (text: string) => text.trimEnd().split('\r\n');
const ends = (body: { phoneNumber: string }[]) => body.map(({ phoneNumber }) => phoneNumber.slice(-1)).join('');

describe('the export of assignments', () => {
  it('holds every live assignment of the organization, the oldest first, as a file', async () => {
    const { headers, body } = await get('/export.csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="agent-assignments.csv"');
    const lines = linesOf(body);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^phoneNumber,provider,countryCode,label,agent,/);
    expect(lines[1]).toMatch(/^\+12025550101,twilio,US,Desk 1,Alice,human,100,CA GB,CA GB,,false,7,93,20\d\d-/);
    expect(lines[2]).toMatch(/^\+12025550102,telnyx,US,Desk 2,Alice,human,100,,US,,false,7,93,/);
    expect(lines[3]).toMatch(/^\+12025550103,telnyx,US,Desk 3,Bob,human,100,,US,,true,/);
  });

  it('is the list, record by record, as JSON', async () => {
    const listed = await get(`?sort=${encodeURIComponent('["createdAt","ASC"]')}`);
    expect((await get('/export.json')).body).toEqual(listed.body);
  });

  it.each([
    [{ agentId: 'Alice' }, '12'],
    [{ provider: 'telnyx' }, '23'],
    [{ paused: true }, '3'],
    [{ paused: false, provider: 'telnyx' }, '2'],
    [{ q: 'bob' }, '3'],
    [{ q: '555 0102' }, '2'],
    [{ q: 'nobody' }, ''],
  ])('follows the filter %j of the list', async (given, expected) => {
    const filter = filterOf('agentId' in given ? { agentId: agents[given.agentId!] } : given);
    expect(ends((await get(`/export.json?${filter}`)).body)).toBe(expected);
    expect(linesOf((await get(`/export.csv?${filter}`)).body)).toHaveLength(1 + expected.length);
  });

  it('goes on where a chunk ended, without a gap or a double', async () => {
    const big = await createOrganization(db);
    const agentId = await createAgent(db, { organizationId: big });
    await db.query(
      `insert into phone_numbers (organization_id, e164, country_code, provider)
       select $1, '+1303555' || i, 'US', 'telnyx' from generate_series(1000, 3500) i`,
      [big],
    );
    await db.query(
      `insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date)
       select $1, $2, id, 10, current_date from phone_numbers where organization_id = $1`,
      [big, agentId],
    );
    const { key: bigKey } = await createApiKey(db, { organizationId: big, scopes: ['assignments:read'] });
    const { body } = await get('/export.json', { apiKey: bigKey });
    expect(new Set(body.map(({ id }: { id: string }) => id)).size).toBe(2501);
    expect(body).toHaveLength(2501);
    expect(linesOf((await get('/export.csv', { apiKey: bigKey })).body)).toHaveLength(2502);
  });

  it('makes text of what a spreadsheet would run, and leaves numbers as they are', async () => {
    await db.query(`update agents set name = '=HYPERLINK("http://a")' where id = $1`, [agents['Bob']]);
    await db.query(`update phone_numbers set label = '@SUM(1)' where e164 = '+12025550103'`);
    const [, line] = linesOf((await get(`/export.csv?${filterOf({ agentId: agents['Bob'] })}`)).body);
    expect(line).toMatch(/^\+12025550103,telnyx,US,'@SUM\(1\),"'=HYPERLINK\(""http:\/\/a""\)",human,/);
  });

  it('refuses what the list refuses, before a line is sent', async () => {
    for (const filter of [{ colour: 'red' }, { provider: 'acme' }, { agentId: 'x' }]) {
      const { status, body } = await get(`/export.csv?${filterOf(filter)}`);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'validation_failed' });
    }
  });

  it.each(['/export.csv', '/export.json'])('%s is refused without assignments:read', async (path) => {
    expect((await get(path, { apiKey: keyWithoutAssignments })).status).toBe(403);
    expect((await get(path, {})).status).toBe(401);
  });

  it('shows a user with the role agent nothing but its own', async () => {
    const userId = await createUser(db, { organizationId, role: 'agent', email: 'alice@export.test' });
    await db.query('update agents set user_id = $2 where id = $1', [agents['Alice'], userId]);
    const token = await signIn(api.url, 'alice@export.test');
    expect(ends((await get('/export.json', { token })).body)).toBe('12');
  });

  it('holds the numbers of their clients alone for a member who is limited to them', async () => {
    await createUser(db, { organizationId, role: 'owner', email: 'owner@export.test' });
    const token = await signIn(api.url, 'owner@export.test');
    const post = (path: string, body: object) => request(`${api.url}/api/v1${path}`, { token, body });
    const { id: clientId } = (await post('/clients', { name: 'Mine' })).body;
    await db.query(`update phone_numbers set client_id = $1 where e164 = '+12025550102'`, [clientId]);
    const email = 'limited@export.test';
    await createUser(db, { organizationId, role: 'admin', email, clientIds: [clientId] });
    const member = await signIn(api.url, email);
    expect(ends((await get('/export.json', { token: member })).body)).toBe('2');
    expect(linesOf((await get('/export.csv', { token: member })).body)).toHaveLength(2);
  });
});
