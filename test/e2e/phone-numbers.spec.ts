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

const PLATFORM = '00000000-0000-7000-8000-000000000001';

let database: TestDatabase;
let api: RunningApi;
let numbers: string;
let organizationId: string;
let rivalId: string;
let key: string;
let rivalKey: string;
let platformKey: string;
let next = 0;

/** A number that no other test uses. */
const freshNumber = () => `+1628555${String((next += 1)).padStart(4, '0')}`;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi({ databaseUrl: database.url });
  numbers = `${api.url}/api/v1/phone-numbers`;
  [organizationId, rivalId] = [await createOrganization(database), await createOrganization(database)];
  const scopes = ['numbers:read', 'numbers:write'] as const;
  const keyFor = async (id: string) => (await createApiKey(database, { organizationId: id, scopes: [...scopes] })).key;
  [key, rivalKey, platformKey] = [await keyFor(organizationId), await keyFor(rivalId), await keyFor(PLATFORM)];
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

const create = (body: object, apiKey = key) => request(numbers, { apiKey, body });
const add = async (body: object = {}, apiKey = key) => {
  const { status, body: record } = await create({ phoneNumber: freshNumber(), provider: 'telnyx', ...body }, apiKey);
  expect(status).toBe(201);
  return record;
};
const get = (id: string, apiKey = key) => request(`${numbers}/${id}`, { apiKey });
const put = (id: string, body: object, apiKey = key) => request(`${numbers}/${id}`, { apiKey, method: 'PUT', body });
const remove = (id: string, apiKey = key) => request(`${numbers}/${id}`, { apiKey, method: 'DELETE' });
const list = (parameters: Record<string, unknown> = {}, apiKey = key) => {
  const search = Object.entries(parameters).map(([name, value]) => [name, JSON.stringify(value)]);
  return request(`${numbers}?${new URLSearchParams(search as [string, string][])}`, { apiKey });
};
const foundBy = async (filter: object, apiKey = key): Promise<string[]> => {
  const { status, body } = await list({ filter, range: [0, 999] }, apiKey);
  expect(status).toBe(200);
  return body.map((record: { phoneNumber: string }) => record.phoneNumber);
};

describe('adding a number', () => {
  it('answers 201 with the record', async () => {
    const phoneNumber = freshNumber();
    const { status, body } = await create({
      phoneNumber: `${phoneNumber.slice(0, 2)} (${phoneNumber.slice(2, 5)}) ${phoneNumber.slice(5)}`,
      provider: 'twilio',
      countryCode: 'US',
      label: ' Front desk ',
      region: 'California',
      tags: ['sales'],
      monthlyCost: 1.15,
      capabilities: { sms: true },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      phoneNumber,
      countryCode: 'US',
      region: 'California',
      numberType: 'FIXED_LINE_OR_MOBILE',
      label: 'Front desk',
      provider: 'twilio',
      lifecycle: 'active',
      status: 'assigned',
      inPool: false,
      tags: ['sales'],
      monthlyCost: '1.15',
      currency: 'USD',
      capabilities: { voice: true, sms: true },
      assignmentId: null,
      agentId: null,
      agentName: null,
      inboundAgentId: null,
      inboundAgentName: null,
      clientId: null,
      clientName: null,
      fromPool: false,
      reservedUntil: null,
      reservedByUs: false,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
    expect((await get(body.id)).body).toEqual(body);
  });

  it('takes the national form when the country is given', async () => {
    const { body } = await create({ phoneNumber: '020 7946 0958', countryCode: 'GB', provider: 'other' });
    expect(body).toMatchObject({ phoneNumber: '+442079460958', countryCode: 'GB' });
  });

  it('leaves an audit event', async () => {
    const { id } = await add();
    const [event] = await database.query('select action, subject_type from audit_events where subject_id = $1', [id]);
    expect(event).toEqual({ action: 'phone_number.created', subject_type: 'phone_number' });
  });

  it.each([
    ['a missing number', { phoneNumber: undefined }, 'phoneNumber'],
    ['an empty number', { phoneNumber: '' }, 'phoneNumber'],
    ['a number without plus', { phoneNumber: '12025550123' }, 'phoneNumber'],
    ['a number that does not exist', { phoneNumber: '+11115550123' }, 'phoneNumber'],
    ['a vanity number', { phoneNumber: '+1800FLOWERS' }, 'phoneNumber'],
    ['a number with NUL', { phoneNumber: '+1202555\u00000123' }, 'phoneNumber'],
    ['a number of 65 characters', { phoneNumber: '+'.padEnd(65, '1') }, 'phoneNumber'],
    ['a number that is a number', { phoneNumber: 12025550123 }, 'phoneNumber'],
    ['an unknown provider', { provider: 'acme' }, 'provider'],
    ['a missing provider', { provider: undefined }, 'provider'],
    ['null as provider', { provider: null }, 'provider'],
    ['a country that contradicts the number', { countryCode: 'CA' }, 'countryCode'],
    ['a country that is none', { countryCode: 'ZZ' }, 'countryCode'],
    ['a country in words', { countryCode: 'United States' }, 'countryCode'],
    ['a label of 201 characters', { label: 'x'.repeat(201) }, 'label'],
    ['21 tags', { tags: Array.from({ length: 21 }, (_, i) => `${i}`) }, 'tags'],
    ['a tag that is no text', { tags: [1] }, 'tags'],
    ['a negative cost', { monthlyCost: -1 }, 'monthlyCost'],
    ['a cost out of range', { monthlyCost: '123456789' }, 'monthlyCost'],
    ['a currency in words', { currency: 'dollar' }, 'currency'],
    ['capabilities that are none', { capabilities: { fax: true } }, 'capabilities.fax'],
    ['capabilities that are a list', { capabilities: [] }, 'capabilities'],
    ['an unknown field', { colour: 'red' }, 'colour'],
  ])('refuses %s', async (_, fields, field) => {
    const { status, body } = await create({ phoneNumber: '+12025550199', provider: 'telnyx', ...fields });
    expect({ status, code: body.code, fields: Object.keys(body.errors) }).toEqual({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });

  it('refuses a number that the organization has', async () => {
    const { phoneNumber } = await add();
    const { status, body } = await create({ phoneNumber, provider: 'telnyx' });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'phone_number_exists', detail: expect.stringContaining('among your numbers') });
  });

  it('refuses a number that another organization has, and never says which', async () => {
    const { phoneNumber, id } = await add();
    const { status, body } = await create({ phoneNumber, provider: 'telnyx' }, rivalKey);
    expect(status).toBe(409);
    expect(body.code).toBe('phone_number_exists');
    expect(JSON.stringify(body)).not.toContain(id);
    expect(JSON.stringify(body)).not.toContain(organizationId);
    expect(body.detail).toContain('registered already');
  });

  it('refuses a number of the pool and says that it can be claimed', async () => {
    const { phoneNumber } = await add({}, platformKey);
    const { status, body } = await create({ phoneNumber, provider: 'telnyx' });
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'phone_number_exists' });
    expect(body.detail).toContain('Claim it');
  });

  it('adds a number once, however many ask at the same time', async () => {
    const phoneNumber = freshNumber();
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ phoneNumber, provider: 'telnyx' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
  });

  it('brings a deleted number back as the same record, with the new fields', async () => {
    const { id, phoneNumber } = await add({ label: 'Old', tags: ['old'] });
    await remove(id);
    expect(await add({ phoneNumber, label: 'New' })).toMatchObject({ id, label: 'New', tags: [], lifecycle: 'active' });
  });

  it('refuses to bring a deleted number back when somebody else has it by now', async () => {
    const { id, phoneNumber } = await add();
    await remove(id);
    await add({ phoneNumber }, rivalKey);
    expect((await create({ phoneNumber, provider: 'telnyx' })).status).toBe(409);
    expect((await get(id)).status).toBe(404);
  });
});

describe('listing numbers', () => {
  let orgId: string;
  let orgKey: string;
  let agentId: string;

  beforeAll(async () => {
    orgId = await createOrganization(database);
    orgKey = (await createApiKey(database, { organizationId: orgId, scopes: ['numbers:read'] })).key;
    const row = (e164: string, facts: object) =>
      createPhoneNumber(database, { organizationId: orgId, e164, ...facts } as never);
    const assigned = await row('+12125550001', { countryCode: 'US', provider: 'twilio', label: '100% Sales_desk' });
    await row('+12125550002', { countryCode: 'US', provider: 'telnyx', label: 'Support', lifecycle: 'inactive' });
    const connected = await row('+442079460001', { countryCode: 'GB', provider: 'telnyx' });
    await row('+4930901820001', { countryCode: 'DE', provider: 'vonage', label: 'Büro' });
    await row('+12125550003', { countryCode: 'US', lifecycle: 'released' });
    await createPhoneNumber(database, { organizationId: PLATFORM, e164: '+13125550001', countryCode: 'US' });
    await createPhoneNumber(database, { organizationId: PLATFORM, e164: '+13125550002', countryCode: 'US' });
    agentId = await createAgent(database, { organizationId: orgId, name: 'Alice' });
    await createAssignment(database, { organizationId: orgId, agentId, phoneNumberId: assigned });
    await database.query('update phone_numbers set inbound_agent_id = $1 where id = $2', [agentId, connected]);
    await database.query(`update phone_numbers set tags = '{vip,eu}' where id = $1`, [connected]);
    await database.query(
      `update phone_numbers set reserved_until = now() + interval '1 hour' where e164 = '+13125550002'`,
    );
  });

  const us1 = '+12125550001';
  const us2 = '+12125550002';
  const gb = '+442079460001';
  const de = '+4930901820001';
  const byAgent = () => ({ agentId });

  it.each([
    ['nothing', {}, [us1, us2, gb, de]],
    ['part of the number', { q: '5550001' }, [us1]],
    ['part of the number as people write it', { q: '(212) 555-00' }, [us1, us2]],
    ['a number in national form', { q: '020 7946' }, [gb]],
    ['the number in E.164', { q: '+44' }, [gb]],
    ['part of the label', { q: 'sales' }, [us1]],
    ['a label with letters beyond ASCII', { q: 'büro' }, [de]],
    ['a percent sign, which is no wildcard', { q: '%' }, [us1]],
    ['an underscore, which is no wildcard', { q: '_' }, [us1]],
    ['a backslash', { q: '\\' }, []],
    ['a country', { countryCode: 'US' }, [us1, us2]],
    ['several countries', { countryCode: ['GB', 'DE'] }, [gb, de]],
    ['the provider', { provider: 'telnyx' }, [us2, gb]],
    ['the lifecycle', { lifecycle: 'inactive' }, [us2]],
    ['assigned numbers', { assignment: 'assigned' }, [us1]],
    ['unassigned numbers', { assignment: 'unassigned' }, [us2, gb, de]],
    ['the status connected', { status: 'connected' }, [gb]],
    ['the status assigned', { status: 'assigned' }, [us1, us2, de]],
    ['a tag', { tag: 'vip' }, [gb]],
    ['two filters at once', { countryCode: 'US', assignment: 'unassigned' }, [us2]],
  ])('filters by %s', async (_, filter, expected) => {
    expect((await foundBy(filter, orgKey)).sort()).toEqual([...expected].sort());
  });

  it('filters by agent', async () => {
    expect(await foundBy(byAgent(), orgKey)).toEqual([us1]);
  });

  it('lists the pool on request, and by the statuses that only the pool has', async () => {
    const pool = await foundBy({ inPool: true }, orgKey);
    expect(pool).toEqual(expect.arrayContaining(['+13125550001', '+13125550002']));
    expect(pool).not.toContain(us1);
    expect(await foundBy({ status: 'reserved' }, orgKey)).toEqual(['+13125550002']);
    const available = await foundBy({ status: 'available' }, orgKey);
    expect(available).toContain('+13125550001');
    expect(available).not.toContain('+13125550002');
  });

  it('never shows in the pool which agent of another organization has a number', async () => {
    const agent = await createAgent(database, { organizationId: PLATFORM, name: 'Platform agent' });
    const id = await createPhoneNumber(database, { organizationId: PLATFORM });
    await createAssignment(database, { organizationId: PLATFORM, agentId: agent, phoneNumberId: id });
    expect((await get(id, orgKey)).body).toMatchObject({ inPool: true, agentId: null, agentName: null });
  });

  it('names the agent of an assigned number', async () => {
    const { body } = await list({ filter: { q: us1 } }, orgKey);
    expect(body[0]).toMatchObject({ agentId, agentName: 'Alice', assignmentId: expect.any(String) });
  });

  it('pages, sorts and tells the total', async () => {
    const page = (range: [number, number], direction: string) =>
      list({ range, sort: ['phoneNumber', direction] }, orgKey);
    const first = await page([0, 1], 'ASC');
    expect(first.body.map((record: { phoneNumber: string }) => record.phoneNumber)).toEqual([us1, us2]);
    expect(first.headers.get('content-range')).toBe('phone-numbers 0-1/4');
    expect(first.headers.get('x-total-count')).toBe('4');
    expect((await page([2, 3], 'ASC')).body.map((r: { phoneNumber: string }) => r.phoneNumber)).toEqual([gb, de]);
    expect((await page([0, 0], 'DESC')).body[0].phoneNumber).toBe(de);
    expect((await page([10, 19], 'ASC')).headers.get('content-range')).toBe('phone-numbers */4');
  });

  it.each(['phoneNumber', 'createdAt', 'countryCode', 'provider', 'label', 'lifecycle', 'status', 'agentName'])(
    'sorts by %s',
    async (field) => {
      expect((await list({ sort: [field, 'DESC'] }, orgKey)).body).toHaveLength(4);
    },
  );

  it('finds records by id, own ones and those of the pool, but nobody else’s', async () => {
    const [own] = (await list({ filter: { q: gb } }, orgKey)).body;
    const [pooled] = (await list({ filter: { inPool: true } }, orgKey)).body;
    const { id: foreign } = await add();
    const { body } = await list({ filter: { id: [own.id, pooled.id, foreign] } }, orgKey);
    expect(body.map((record: { id: string }) => record.id).sort()).toEqual([own.id, pooled.id].sort());
  });

  it.each([
    ['a status that is none', { status: 'lost' }],
    ['a released lifecycle', { lifecycle: 'released' }],
    ['a country that is none', { countryCode: 'ZZ' }],
    ['a country that is an object', { countryCode: { like: 'US' } }],
    ['a provider that is none', { provider: 'acme' }],
    ['an agent that is no UUID', { agentId: 'alice' }],
    ['a flag that is text', { inPool: 'true' }],
    ['a long search', { q: 'x'.repeat(201) }],
    ['an unknown filter', { colour: 'red' }],
    ['NUL', { q: '\0' }],
  ])('refuses to filter by %s', async (_, filter) => {
    const { status, body } = await list({ filter }, orgKey);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'validation_failed' });
  });

  it('refuses to sort by what is no field', async () => {
    expect((await list({ sort: ['id; drop table phone_numbers', 'ASC'] }, orgKey)).status).toBe(400);
  });
});

describe('changing a number', () => {
  it('merges, keeps what is left out, and leaves an audit event of the difference', async () => {
    const { id, ...record } = await add({ label: 'Old', tags: ['a'] });
    const { status, body } = await put(id, { label: 'New', lifecycle: 'inactive' });
    expect(status).toBe(200);
    expect(body).toEqual({ id, ...record, label: 'New', lifecycle: 'inactive', updatedAt: expect.any(String) });
    const [event] = await database.query(
      `select changes from audit_events where subject_id = $1 and action = 'phone_number.updated'`,
      [id],
    );
    expect(event!.changes).toEqual({
      label: { from: 'Old', to: 'New' },
      lifecycle: { from: 'active', to: 'inactive' },
    });
  });

  it('takes the whole record back, as the console sends it, and changes nothing', async () => {
    const record = await add({ label: 'Same', monthlyCost: '1.5', tags: ['x'], region: 'CA' });
    const { status, body } = await put(record.id, record);
    expect({ status, body }).toEqual({ status: 200, body: record });
    const events = await database.query(`select action from audit_events where subject_id = $1`, [record.id]);
    expect(events.map(({ action }) => action)).toEqual(['phone_number.created']);
  });

  it('changes every field that may be changed, and clears what may be empty', async () => {
    const { id } = await add({ label: 'x', region: 'y', monthlyCost: '2', currency: 'EUR' });
    const fields = {
      label: 'Desk',
      region: 'Texas',
      tags: ['b', 'c'],
      provider: 'bandwidth',
      monthlyCost: '3.25',
      currency: 'GBP',
      capabilities: { voice: false, sms: true },
    };
    expect((await put(id, fields)).body).toMatchObject(fields);
    const cleared = { label: null, region: null, monthlyCost: null, currency: null, tags: [] };
    expect((await put(id, cleared)).body).toMatchObject(cleared);
    expect((await put(id, { label: '  ' })).body.label).toBeNull();
    expect((await put(id, { monthlyCost: 4 })).body).toMatchObject({ monthlyCost: '4', currency: 'USD' });
    expect((await put(id, { capabilities: { voice: true } })).body.capabilities).toEqual({ voice: true, sms: true });
  });

  it.each([
    ['the number', { phoneNumber: '+12025550100' }, 'phoneNumber'],
    ['the country', { countryCode: 'CA' }, 'countryCode'],
    ['the id', { id: '0192d5f4-0000-7000-8000-000000000001' }, 'id'],
    ['the agent', { agentId: '0192d5f4-0000-7000-8000-000000000001' }, 'agentId'],
    ['the pool', { inPool: true }, 'inPool'],
    ['the time of creation', { createdAt: '2020-01-01T00:00:00.000Z' }, 'createdAt'],
    ['the lifecycle to released', { lifecycle: 'released' }, 'lifecycle'],
    ['the lifecycle to error', { lifecycle: 'error' }, 'lifecycle'],
    ['the lifecycle to null', { lifecycle: null }, 'lifecycle'],
    ['the provider to null', { provider: null }, 'provider'],
    ['the tags to null', { tags: null }, 'tags'],
    ['an unknown field', { organizationId: 'x' }, 'organizationId'],
    ['the currency to nothing while there is a cost', { monthlyCost: '1', currency: null }, 'currency'],
  ])('refuses to change %s', async (_, change, field) => {
    const { id } = await add();
    const { status, body } = await put(id, change);
    expect({ status, code: body.code, fields: Object.keys(body.errors) }).toEqual({
      status: 400,
      code: 'validation_failed',
      fields: [field],
    });
  });

  it('refuses a number of the pool with 403 and one of another organization with 404', async () => {
    const { id: pooled } = await add({}, platformKey);
    const { id: foreign } = await add({}, rivalKey);
    const change = { label: 'mine' };
    expect((await put(pooled, change)).body).toMatchObject({ status: 403, code: 'permission_denied' });
    expect((await put(foreign, change)).body).toMatchObject({ status: 404, code: 'record_not_found' });
    expect((await get(pooled, platformKey)).body.label).toBeNull();
  });
});

describe('deleting a number', () => {
  it('answers the record, and the number is gone', async () => {
    const record = await add({ label: 'Bye' });
    const { status, body } = await remove(record.id);
    expect({ status, body }).toEqual({ status: 200, body: record });
    expect((await get(record.id)).status).toBe(404);
    expect(await foundBy({ q: record.phoneNumber })).toEqual([]);
    expect((await remove(record.id)).status).toBe(404);
  });

  it('refuses while it is assigned, and names the agent', async () => {
    const { id } = await add();
    const agentId = await createAgent(database, { organizationId, name: 'Front desk' });
    const assignmentId = await createAssignment(database, { organizationId, agentId, phoneNumberId: id });
    const { status, body } = await remove(id);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'phone_number_assigned' });
    expect(body.detail).toContain("Unassign it from the agent 'Front desk' first");
    await database.query('update agent_phone_numbers set ended_at = now() where id = $1', [assignmentId]);
    expect((await remove(id)).status).toBe(200);
  });

  it('refuses while it is connected', async () => {
    const { id } = await add();
    const agentId = await createAgent(database, { organizationId });
    await database.query('update phone_numbers set inbound_agent_id = $1 where id = $2', [agentId, id]);
    expect((await remove(id)).body).toMatchObject({ status: 409, code: 'phone_number_connected' });
  });

  it('waits for an assignment in progress, and then refuses', async () => {
    const { id } = await add();
    const agentId = await createAgent(database, { organizationId, name: 'Racer' });
    const assigning = await database.connect();
    await assigning.query('begin');
    await assigning.query('select from phone_numbers where id = $1 for no key update', [id]);
    let settled = false;
    const deleting = remove(id).finally(() => (settled = true));
    const waiting = async () =>
      (
        await database.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
      ).length > 0;
    while (!settled && !(await waiting()));
    await assigning.query(
      `insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date)
       values ($1, $2, $3, 10, current_date)`,
      [organizationId, agentId, id],
    );
    await assigning.query('commit');
    await assigning.end();
    expect((await deleting).body).toMatchObject({ status: 409, code: 'phone_number_assigned' });
  });

  it('finds the counter of an assignment again when number and assignment come back', async () => {
    const { id, phoneNumber } = await add();
    const agentId = await createAgent(database, { organizationId });
    const assignmentId = await createAssignment(database, {
      organizationId,
      agentId,
      phoneNumberId: id,
      callsMadeToday: 7,
    });
    await database.query('update agent_phone_numbers set ended_at = now() where id = $1', [assignmentId]);
    await remove(id);
    await add({ phoneNumber });
    const [row] = await database.query(
      'select phone_number_id, calls_made_today from agent_phone_numbers where id = $1',
      [assignmentId],
    );
    expect(row).toEqual({ phone_number_id: id, calls_made_today: 7 });
  });

  it('refuses numbers of the pool and of other organizations', async () => {
    const { id: pooled } = await add({}, platformKey);
    const { id: foreign } = await add({}, rivalKey);
    expect([(await remove(pooled)).status, (await remove(foreign)).status]).toEqual([403, 404]);
  });
});

describe('checking a number', () => {
  const check = (number: string, apiKey = key) => request(`${numbers}/check/${encodeURIComponent(number)}`, { apiKey });

  it('knows own numbers, with the agent that calls from them', async () => {
    const { id, phoneNumber } = await add();
    const agentId = await createAgent(database, { organizationId });
    await createAssignment(database, { organizationId, agentId, phoneNumberId: id });
    expect((await check(`${phoneNumber.slice(0, 2)} ${phoneNumber.slice(2)}`)).body).toEqual({
      phoneNumber,
      known: true,
      status: 'assigned',
      assigned: true,
      agentId,
    });
  });

  it('knows numbers of the pool', async () => {
    const { phoneNumber } = await add({}, platformKey);
    expect((await check(phoneNumber)).body).toMatchObject({ known: true, status: 'available', assigned: false });
  });

  it('knows neither numbers of other organizations nor deleted ones, in the same words', async () => {
    const { phoneNumber: foreign } = await add({}, rivalKey);
    const { phoneNumber: deleted, id } = await add();
    await remove(id);
    const unknown = { known: false, status: null, assigned: false, agentId: null };
    expect((await check(foreign)).body).toEqual({ phoneNumber: foreign, ...unknown });
    expect((await check(deleted)).body).toEqual({ phoneNumber: deleted, ...unknown });
  });

  it.each(['12', 'abc', '+1', '%', '+12025550123 ext 1'])('refuses %j', async (text) => {
    expect((await check(text)).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });
});

describe('who may', () => {
  it('lets managers read and not write, and agents neither', async () => {
    await createUser(database, { organizationId, role: 'manager', email: 'manager@numbers.test' });
    await createUser(database, { organizationId, role: 'agent', email: 'agent@numbers.test' });
    const manager = await signIn(api.url, 'manager@numbers.test');
    const agent = await signIn(api.url, 'agent@numbers.test');
    const body = { phoneNumber: freshNumber(), provider: 'telnyx' };
    expect((await request(numbers, { token: manager })).status).toBe(200);
    expect((await request(numbers, { token: manager, body })).status).toBe(403);
    expect((await request(numbers, { token: agent })).status).toBe(403);
    expect((await request(numbers, {})).status).toBe(401);
  });

  it.each(['GET', 'PUT', 'DELETE'])('answers 400 to %s with an id that is no UUID', async (method) => {
    const body = method === 'PUT' ? {} : undefined;
    expect((await request(`${numbers}/17`, { apiKey: key, method, body })).body).toMatchObject({
      status: 400,
      code: 'validation_failed',
    });
  });

  it('answers another organization’s number like one that does not exist', async () => {
    const { id } = await add();
    const foreign = (await get(id, rivalKey)).body;
    const missing = (await get('0192d5f4-0000-7000-8000-000000000001', rivalKey)).body;
    expect(foreign.status).toBe(404);
    expect({ ...foreign, requestId: '' }).toEqual({ ...missing, requestId: '' });
  });
});
