import type { ApiKeyScope } from '#contracts';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startApi, type RunningApi } from '../support/api.js';
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

const UNITED_STATES = '+12125550123';

/** Nearly all calls are answered before Nest sees them. No request may get through there that would not get through Nest. */
describe('The shortcut of POST /call-gate/authorize', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let agentId: string;
  let key: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { timeZone: 'America/New_York', defaultAllowedCountries: ['US'] });
    agentId = await createAgent(db, { organizationId, name: 'Front desk' });
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164: '+12025550100' });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1_000 });
    key = await warmKey(['calls:authorize']);
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  async function warmKey(scopes: ApiKeyScope[]): Promise<string> {
    const created = await createApiKey(db, { organizationId, scopes });
    // The first request of a key is looked up, and so goes through Nest; from then on its caller is known.
    await ask({ token: created.key });
    return created.key;
  }

  function ask(options: Parameters<typeof request>[1], query = '') {
    return request(`${api.url}/api/v1/call-gate/authorize${query}`, {
      body: { agentId, destination: UNITED_STATES },
      ...options,
    });
  }

  it('answers as the controller does for somebody who signed in', async () => {
    await createUser(db, { organizationId, role: 'admin', email: 'admin@example.test' });
    const byKey = await ask({ token: key });
    const byToken = await ask({ token: await signIn(api.url, 'admin@example.test') });
    expect(byToken.status).toBe(byKey.status);
    expect(Object.keys(byToken.body as object)).toEqual(Object.keys(byKey.body as object));
    const names = (headers: Headers) => [...headers.keys()].sort();
    expect(names(byKey.headers)).toEqual(names(byToken.headers));
    expect(byKey.headers.get('content-type')).toBe(byToken.headers.get('content-type'));
  });

  it('lets no key pass that may not authorize calls, however well it is known', async () => {
    const reader = await warmKey(['usage:read']);
    const answer = await ask({ token: reader });
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
  });

  it('lets no known key work for another organization', async () => {
    const other = await createOrganization(db, {});
    const answer = await ask({ token: key, headers: { 'x-organization-id': other } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    const malformed = await ask({ token: key, headers: { 'x-organization-id': 'other' } });
    expect(malformed).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it('refuses a known key that was changed by one character', async () => {
    const last = key.at(-1) === 'a' ? 'b' : 'a';
    const answer = await ask({ token: `${key.slice(0, -1)}${last}` });
    expect(answer).toMatchObject({ status: 401, body: { code: 'authentication_required' } });
  });

  it.each([
    ['a field that is not right', { body: { agentId: 'x', destination: UNITED_STATES } }, ''],
    ['an unknown parameter', {}, '?statusOnDenial=403'],
    ['an idempotency key that is too long', { headers: { 'idempotency-key': 'k'.repeat(256) } }, ''],
  ])('leaves %s to the controller, which says what is wrong', async (_, options, query) => {
    const answer = await ask({ token: key, ...options }, query);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: expect.anything() } });
  });

  it('answers what cannot be decided as a problem, with its headers', async () => {
    const reused = { token: key, headers: { 'idempotency-key': 'order 66' } };
    await ask(reused);
    const again = await ask({ ...reused, body: { agentId, destination: '+12125550124' } });
    expect(again).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(again.headers.get('content-type')).toContain('application/problem+json');
  });
});
