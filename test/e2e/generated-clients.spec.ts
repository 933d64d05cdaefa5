import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Given, Smoke } from '../clients/fixtures/smoke.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';

const FOLDER = resolve('test-output/generated-clients');
const NUMBERS: Record<string, string> = { 'hey-api': '+14165550199', 'openapi-typescript': '+14165550198' };

/** What people get who generate a client themselves, by the settings of the generators and none of ours. */
describe('clients generated from openapi.json', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let apiKey: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    apiKey = (await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'calls:settle', 'numbers:read'] }))
      .key;
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  it('are generated and compile, with programs that use the types of decisions and problems', () => {
    const script = resolve('test/clients/generate-clients.mjs');
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, 'openapi.json', FOLDER], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: expect.any(String), status: 0 });
  });

  it.each(['hey-api', 'openapi-typescript'])('authorize, complete, list and tell errors apart: %s', async (name) => {
    const agentId = await createAgent(db, { organizationId });
    const e164 = NUMBERS[name]!;
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164, countryCode: 'CA' });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 10 });
    const { run } = (await import(`${FOLDER}/${name}.ts`)) as { run: (given: Given) => Promise<Smoke> };
    const smoke = await run({ baseUrl: api.url, apiKey, agentId, phoneNumber: e164, destination: '+14165550123' });
    expect(smoke).toEqual({
      allowed: true,
      authorizationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      from: e164,
      replayed: 'true',
      disposition: 'answered',
      listed: [e164],
      total: 1,
      refused: expect.stringMatching(/^400 agentId/),
      missing: 'record_not_found',
    });
    const [usage] = await db.query(
      'select count(*)::int as calls from call_authorizations where agent_id = $1 and settled_at is not null',
      [agentId],
    );
    expect(usage).toEqual({ calls: 1 });
  });
});
