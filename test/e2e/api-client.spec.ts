import {
  authorizeCall,
  type Client,
  createPhoneNumber,
  createRingfenceClient,
  exportPhoneNumbersCsv,
  getPhoneNumber,
  isProblem,
  listPhoneNumbers,
  type PhoneNumberView,
  uploadPhoneNumbers,
} from '#api-client';
import { randomUUID } from 'node:crypto';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createApiKey, createAssignment, createOrganization } from '../support/fixtures.js';

describe('libs/api-client, against the API', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let apiKey: string;
  let client: Client;
  let number: PhoneNumberView;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const scopes: ('calls:authorize' | 'numbers:read' | 'numbers:write')[] = [
      'calls:authorize',
      'numbers:read',
      'numbers:write',
    ];
    apiKey = (await createApiKey(db, { organizationId, scopes })).key;
    // The slash is what people copy from the address bar.
    client = createRingfenceClient({ baseUrl: `${api.url}/`, apiKey });
    const body = { phoneNumber: '+14165550199', provider: 'telnyx', countryCode: 'CA' } as const;
    number = (await createPhoneNumber({ client, body, throwOnError: true })).data;
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  it('authorizes a call, and gets the same decision for the same idempotency key', async () => {
    const agentId = await createAgent(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId: number.id, dailyLimit: 1 });
    const ask = (key: string) =>
      authorizeCall({
        client,
        headers: { 'Idempotency-Key': key },
        body: { agentId, destination: '+14165550123' },
      });
    const key = randomUUID();
    const first = await ask(key);
    expect(first.data).toMatchObject({ allowed: true, from: { phoneNumber: number.phoneNumber } });
    expect((await ask(key)).data?.authorizationId).toBe(first.data?.authorizationId);
    expect((await ask(randomUUID())).data).toMatchObject({ allowed: false, reasonCode: 'daily_limit_reached' });
  });

  it('answers a denial that was asked for as 403 as an error that is a decision and no problem', async () => {
    const body = { agentId: await createAgent(db, { organizationId }), destination: '+14165550123' };
    const { data, error, response } = await authorizeCall({ client, body, query: { statusOnDeny: '403' } });
    expect({ data, status: response.status, problem: isProblem(error) }).toEqual({
      data: undefined,
      status: 403,
      problem: false,
    });
    expect(error).toMatchObject({ allowed: false });
  });

  it('lists numbers with filter, range and sort', async () => {
    const query = {
      filter: JSON.stringify({ q: number.phoneNumber }),
      range: '[0,9]',
      sort: '["createdAt","DESC"]',
    };
    const { data, response } = await listPhoneNumbers({ client, query, throwOnError: true });
    expect(data.map(({ id }) => id)).toEqual([number.id]);
    expect(response.headers.get('x-total-count')).toBe('1');
  });

  it('answers a 404 as a problem with its code', async () => {
    const { data, error, response } = await getPhoneNumber({ client, path: { id: randomUUID() } });
    expect({ data, status: response.status }).toEqual({ data: undefined, status: 404 });
    expect(isProblem(error) && error.code).toBe('record_not_found');
  });

  it('throws the problem where it is asked to', async () => {
    const absent = getPhoneNumber({ client, path: { id: randomUUID() }, throwOnError: true });
    await expect(absent).rejects.toMatchObject({ code: 'record_not_found', status: 404 });
  });

  it('uploads a file as a dry run, which adds nothing', async () => {
    const { data, response } = await uploadPhoneNumbers({
      client,
      headers: { Prefer: 'wait=30' },
      query: { dryRun: 'true' },
      body: '+12025550123,telnyx,US\n+442079460958,twilio,GB\n+1202,telnyx,US\n',
      throwOnError: true,
    });
    expect(response.status).toBe(200);
    expect(data).toMatchObject({ dryRun: true, status: 'completed', created: 2, failed: 1 });
    const { data: numbers } = await listPhoneNumbers({ client, throwOnError: true });
    expect(numbers.map(({ id }) => id)).toEqual([number.id]);
  });

  it('answers an export as text', async () => {
    const { data } = await exportPhoneNumbersCsv({ client, throwOnError: true });
    expect(data).toContain(number.phoneNumber);
  });

  it('sends the key once, in one header', async () => {
    let sent: Headers | undefined;
    const watched = createRingfenceClient({
      baseUrl: api.url,
      apiKey,
      fetch: (input, init) => {
        sent = (input as Request).headers;
        return fetch(input, init);
      },
    });
    await listPhoneNumbers({ client: watched, throwOnError: true });
    expect([...sent!.entries()].filter(([, value]) => value.includes(apiKey))).toEqual([
      ['authorization', `Bearer ${apiKey}`],
    ]);
  });

  it('asks a function for the key before each request', async () => {
    const keys = ['wrong', apiKey];
    const changing = createRingfenceClient({ baseUrl: api.url, apiKey: () => Promise.resolve(keys.shift()) });
    const { error } = await listPhoneNumbers({ client: changing });
    expect(isProblem(error) && error.code).toBe('authentication_required');
    expect((await listPhoneNumbers({ client: changing })).data).toHaveLength(1);
  });

  it('answers as an error that is no problem what stopped a request before Ringfence', async () => {
    const nowhere = createRingfenceClient({ baseUrl: 'http://127.0.0.1:1', apiKey });
    const { data, error } = await listPhoneNumbers({ client: nowhere });
    expect({ data, problem: isProblem(error) }).toEqual({ data: undefined, problem: false });
    expect(error).toMatchObject({ name: 'TypeError' });
  });
});
