import { type Client, createRingfenceClient, type DialResult, withAuthorization } from '#api-client';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { projectRoot } from '../../apps/api/src/config/project-root.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';

const DESTINATION = '+14165550123';

describe('withAuthorization, against the API', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let apiKey: string;
  let client: Client;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const scopes: ('calls:authorize' | 'calls:settle')[] = ['calls:authorize', 'calls:settle'];
    apiKey = (await createApiKey(db, { organizationId, scopes })).key;
    client = createRingfenceClient({ baseUrl: api.url, apiKey });
  });
  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  async function newAgent(dailyLimit: number): Promise<string> {
    const agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit });
    return agentId;
  }
  const ledgerOf = (agentId: string) =>
    db.query(
      `select status, disposition, duration_seconds, sip_code, external_call_id, void_reason from call_authorizations
       where agent_id = $1 and decision = 'allowed'`,
      [agentId],
    );
  const counted = async (agentId: string) =>
    (await db.query('select calls_made_today as calls from agent_phone_numbers where agent_id = $1', [agentId]))[0]![
      'calls'
    ] as number;

  it('dials 5 of 20 calls at once on a limit of 5, and completes each of them', async () => {
    const agentId = await newAgent(5);
    const dialed: string[] = [];
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        withAuthorization(client, { agentId, destination: DESTINATION }, ({ authorizationId }): DialResult => {
          dialed.push(authorizationId);
          return { disposition: 'answered', durationSeconds: 7, sipCode: 200, externalCallId: authorizationId };
        }),
      ),
    );
    expect([dialed.length, new Set(dialed).size, await counted(agentId)]).toEqual([5, 5, 5]);
    expect(outcomes.filter(({ outcome }) => outcome === 'dialed')).toMatchObject(
      Array.from({ length: 5 }, () => ({ settlement: { state: 'settled', record: { status: 'completed' } } })),
    );
    const denials = outcomes.filter((one) => one.outcome === 'denied' && one.reasonCode === 'daily_limit_reached');
    expect(denials.length).toBe(15);
    const rows = await ledgerOf(agentId);
    expect(rows).toMatchObject(
      dialed.map(() => ({ status: 'completed', disposition: 'answered', duration_seconds: 7, sip_code: 200 })),
    );
    expect(rows.map((row) => row['external_call_id'] as string).sort()).toEqual(dialed.sort());
  });

  it('places the first call by the program of the README, in as many lines as the README says', async () => {
    const readme = readFileSync(path.join(projectRoot, 'libs/api-client/README.md'), 'utf8');
    const program = /```js\n([\s\S]*?)```/.exec(readme)![1]!;
    const lines = program.split('\n').filter((line) => line.trim() !== '').length;
    expect(readme).toContain(`takes ${lines} lines`);
    const agentId = await newAgent(1);
    const externalId = randomUUID();
    await db.query('update agents set external_id = $1 where id = $2', [externalId, agentId]);
    const built = pathToFileURL(path.join(projectRoot, 'dist/libs/api-client/src/index.js')).href;
    const runnable = program.replace('#api-client', built).replace('agent-7', externalId);
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', runnable], {
      env: { ...process.env, NODE_OPTIONS: '', RINGFENCE_URL: api.url, RINGFENCE_API_KEY: apiKey },
    });
    expect(stdout.trim()).toBe('dialed');
    expect(await ledgerOf(agentId)).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
  });

  it('gives back a call that was not dialed, so that another may be', async () => {
    const agentId = await newAgent(1);
    const call = { agentId, destination: DESTINATION };
    const first = await withAuthorization(client, call, () => ({ notDialed: 'trunk_unavailable' }));
    expect(first).toMatchObject({ outcome: 'not_dialed', settlement: { record: { status: 'voided' } } });
    expect(await counted(agentId)).toBe(0);
    const second = await withAuthorization(client, call, () => ({ disposition: 'busy', sipCode: 486 }));
    expect(second).toMatchObject({ outcome: 'dialed', settlement: { record: { disposition: 'busy' } } });
  });

  it('leaves a call counted whose dialer threw, and a second run of the same key dials it no third time', async () => {
    const agentId = await newAgent(1);
    const call = { agentId, destination: DESTINATION };
    const idempotencyKey = 'one call';
    const failing = await withAuthorization(client, call, () => Promise.reject(new Error('lost')), { idempotencyKey });
    expect([failing.outcome, await counted(agentId)]).toEqual(['dial_failed', 1]);
    expect(await ledgerOf(agentId)).toMatchObject([{ status: 'authorized' }]);
    const again = await withAuthorization(client, call, () => ({ disposition: 'answered' }), { idempotencyKey });
    expect(again.outcome).toBe('dialed');
    const third = await withAuthorization(client, call, () => Promise.reject(new Error('Dialed')), { idempotencyKey });
    expect(third).toMatchObject({ outcome: 'denied', reasonCode: 'authorization_completed' });
    expect(await counted(agentId)).toBe(1);
  });

  it('never dials an emergency number', async () => {
    const agentId = await newAgent(1);
    const outcome = await withAuthorization(client, { agentId, destination: '911' }, () =>
      Promise.reject(new Error('Dialed')),
    );
    expect(outcome).toMatchObject({ outcome: 'denied', reasonCode: 'destination_emergency' });
  });

  it('is refused with a key that is none', async () => {
    const stranger = createRingfenceClient({ baseUrl: api.url, apiKey: 'rf_nobody' });
    const call = { agentId: await newAgent(1), destination: DESTINATION };
    const outcome = await withAuthorization(stranger, call, () => Promise.reject(new Error('Dialed')));
    expect(outcome).toMatchObject({ outcome: 'refused', status: 401, problem: { code: 'authentication_required' } });
  });
});
