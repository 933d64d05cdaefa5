import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
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
import { hasPython, runPython } from '../support/python.js';
import {
  allowed,
  AUTHORIZATION_ID,
  denied,
  problem,
  ScriptedGate,
  settled,
  type Step,
  unavailable,
} from '../support/scripted-gate.js';

const DESTINATION = '+14165550123';
const PROGRAM = path.join(projectRoot, 'test/clients/python/run_calls.py');

interface Scenario {
  url?: string;
  key?: string;
  times?: { timeout?: number; total?: number };
  calls?: object[];
  raises?: string;
  returns?: unknown;
  sendsAgain?: boolean;
}

/** What run_calls.py prints of a call. */
interface PrintedOutcome {
  outcome: string;
  allowed: boolean;
  decision: { idempotency_key: string; reason_code: string | null; status: number | null; code: string | null };
  settlement: { state: string; code: string | null } | null;
  error: string | null;
  dialed: { authorization_id: string; caller: string; destination: string }[];
}

const runScenario = (scenario: Scenario) => runPython([PROGRAM], JSON.stringify(scenario));

async function outcomesOf(scenario: Scenario): Promise<PrintedOutcome[]> {
  const { output, errors } = await runScenario(scenario);
  expect(errors).toBe('');
  return JSON.parse(output) as PrintedOutcome[];
}

if (hasPython()) {
  describe('clients/python, against the API', againstTheApi);
  describe('clients/python, against a gate in trouble', againstAScriptedGate);
} else {
  it('clients/python is named as not run', () => {
    expect(process.env['CI']).not.toBe('true');
  });
}

function againstTheApi(): void {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let key: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    ({ key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'calls:settle'] }));
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
      `select id, status, disposition, duration_seconds, void_reason from call_authorizations
       where agent_id = $1 and decision = 'allowed'`,
      [agentId],
    );

  it('dials 5 of 20 calls at once on a limit of 5, and completes each of them', async () => {
    const agentId = await newAgent(5);
    const calls = Array.from({ length: 20 }, () => ({ destination: DESTINATION, agent_id: agentId }));
    const outcomes = await outcomesOf({ url: api.url, key, calls });
    const dialed = outcomes.flatMap((one) => one.dialed.map((decision) => decision.authorization_id));
    expect(dialed.length).toBe(5);
    expect(outcomes.filter((one) => one.decision.reason_code === 'daily_limit_reached').length).toBe(15);
    const rows = await ledgerOf(agentId);
    expect(rows).toMatchObject(
      dialed.map(() => ({ status: 'completed', disposition: 'answered', duration_seconds: 42 })),
    );
    expect(rows.map(({ id }) => id as string).sort()).toEqual(dialed.sort());
  });

  it('gives back what was not dialed, and leaves counted what may have been', async () => {
    const [back, lost] = [await newAgent(1), await newAgent(1)];
    const calls = (agentId: string) => [{ destination: DESTINATION, agent_id: agentId }];
    const [given] = await outcomesOf({ url: api.url, key, calls: calls(back), raises: 'trunk_unavailable' });
    expect(given).toMatchObject({ outcome: 'not_dialed', settlement: { state: 'settled' } });
    expect(await ledgerOf(back)).toMatchObject([{ status: 'voided', void_reason: 'trunk_unavailable' }]);
    const [failed] = await outcomesOf({ url: api.url, key, calls: calls(lost), raises: 'error' });
    expect(failed).toMatchObject({ outcome: 'dial_failed', settlement: null, error: 'socket hang up' });
    expect(await ledgerOf(lost)).toMatchObject([{ status: 'authorized' }]);
  });

  it('is refused with a key that is none', async () => {
    const calls = [{ destination: DESTINATION, agent_id: await newAgent(1) }];
    const [outcome] = await outcomesOf({ url: api.url, key: 'rf_nobody', calls });
    expect(outcome).toMatchObject({
      outcome: 'refused',
      decision: { status: 401, code: 'authentication_required' },
      dialed: [],
    });
  });

  it('places the first call by the program of its README, in as many lines as the README says', async () => {
    const readme = readFileSync(path.join(projectRoot, 'clients/python/README.md'), 'utf8');
    const program = /```python\n([\s\S]*?)```/.exec(readme)![1]!;
    const lines = program.split('\n').filter((line) => line.trim() !== '').length;
    expect(readme).toContain(`${lines} lines`);
    const agentId = await newAgent(1);
    const externalId = randomUUID();
    await db.query('update agents set external_id = $1 where id = $2', [externalId, agentId]);
    const env = { RINGFENCE_URL: api.url, RINGFENCE_API_KEY: key };
    const { output, errors } = await runPython(['-c', program.replace('agent-7', externalId)], '', env);
    expect([errors, output.trim()]).toEqual(['', 'dialed']);
    expect(await ledgerOf(agentId)).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
  });
}

function againstAScriptedGate(): void {
  const CALLS = [{ destination: DESTINATION, agent_id: randomUUID() }];
  let gate: ScriptedGate;

  beforeAll(async () => {
    gate = await ScriptedGate.start();
  });
  afterAll(() => gate.close());

  async function run(scenario: Scenario, script: Parameters<ScriptedGate['plays']>[0]): Promise<PrintedOutcome> {
    gate.plays(script);
    const times = { timeout: 0.4, total: 30, ...scenario.times };
    const [outcome] = await outcomesOf({ url: gate.url, key: 'rf_test', calls: CALLS, ...scenario, times });
    return outcome!;
  }
  const keys = () => gate.asked('authorize').map(({ key }) => key);

  it.each<[what: string, first: Step]>([
    ['a 503', unavailable],
    ['a 429', problem(429, 'too_many_requests', { 'retry-after': '0' })],
    ['a 500', problem(500, 'internal_error')],
    ['the 502 of a proxy', { status: 502, body: '<html>Bad gateway</html>' }],
    ['a redirection', { status: 302, body: '', headers: { location: '/elsewhere' } }],
    ['a 200 that is a page', { status: 200, body: '<html>Sign in to the WiFi</html>' }],
    ['a 200 that allows as text', { status: 200, body: { ...allowed.body, allowed: 'true' } }],
    ['a 200 that allows without a number', { status: 200, body: { ...allowed.body, from: null } }],
    ['a 200 that is nested without end', { status: 200, body: '['.repeat(100_000) }],
    ['a Retry-After that is none', problem(503, 'gate_unavailable', { 'retry-after': 'soon' })],
    ['an answer that is cut off', 'cut'],
    ['a connection that is closed', 'reset'],
    ['silence', 'silent'],
  ])('asks again with the same key after %s, and dials once', async (_what, first) => {
    const outcome = await run({}, { authorize: [first, allowed] });
    expect(outcome).toMatchObject({ outcome: 'dialed', allowed: true, settlement: { state: 'settled' } });
    expect(outcome.dialed).toMatchObject([
      { caller: '+14165550199', destination: DESTINATION, authorization_id: AUTHORIZATION_ID },
    ]);
    expect([keys().length, new Set(keys()).size]).toEqual([2, 1]);
  });

  it.each<[what: string, step: Step, outcome: string, requests: number]>([
    ['a denial', denied('daily_limit_reached'), 'denied', 1],
    ['a reason of tomorrow', denied('a_code_of_tomorrow'), 'denied', 1],
    ['a voided call that another may have voided', denied('authorization_voided'), 'denied', 1],
    ['a wrong request', problem(400, 'validation_failed'), 'refused', 1],
    ['a missing permission', problem(403, 'permission_denied'), 'refused', 1],
    ['a site that is another', { status: 404, body: '<html>Not found</html>' }, 'refused', 1],
    ['a Retry-After past the time', problem(503, 'gate_unavailable', { 'retry-after': '3600' }), 'undecided', 1],
  ])('never dials after %s, and does not ask again', async (_what, step, outcome, requests) => {
    expect(await run({}, { authorize: [step] })).toMatchObject({ outcome, allowed: false, dialed: [] });
    expect(gate.requests.length).toBe(requests);
  });

  it.each<[what: string, step: Step, url: string | null]>([
    ['stays unavailable', unavailable, null],
    ['never answers', 'silent', null],
    ['closes each connection', 'reset', null],
    ['is not there', unavailable, 'http://127.0.0.1:1'],
  ])('never dials when the gate %s', async (_what, step, url) => {
    const outcome = await run({ url: url ?? gate.url, times: { total: 1.5 } }, { authorize: [step] });
    expect(outcome).toMatchObject({ outcome: 'undecided', allowed: false, dialed: [] });
    expect(new Set([outcome.decision.idempotency_key, ...keys()]).size).toBe(1);
  });

  it('asks with a key made of the first when the API gave the call back', async () => {
    const calls = [{ ...CALLS[0], idempotency_key: 'call-8' }];
    const outcome = await run({ calls }, { authorize: ['silent', denied('authorization_voided'), allowed] });
    expect([outcome.outcome, outcome.dialed.length, keys()]).toEqual(['dialed', 1, ['call-8', 'call-8', 'call-8:2']]);
  });

  it.each<[what: string, scenario: Scenario]>([
    ['raises', { raises: 'error' }],
    ['returns nothing', { returns: null }],
    ['returns an empty mapping', { returns: {} }],
    ['returns a text', { returns: 'answered' }],
  ])('settles nothing when the dialer %s', async (_what, scenario) => {
    expect((await run(scenario, { authorize: [allowed] })).outcome).toBe('dial_failed');
    expect(gate.requests.length).toBe(1);
  });

  it('settles nothing when a webhook will', async () => {
    const outcome = await run({ returns: { settle_later: true } }, { authorize: [allowed] });
    expect(outcome).toMatchObject({ outcome: 'dialed', settlement: { state: 'later' } });
    expect(gate.requests.length).toBe(1);
  });

  it('settles again after a 503, and hands back what the gate refuses', async () => {
    const again = await run({}, { authorize: [allowed], complete: [unavailable, settled('completed')] });
    expect([again.settlement?.state, gate.asked('complete').length]).toEqual(['settled', 2]);
    const returns = { not_dialed: 'not_dialed' };
    const refused = await run({ returns }, { authorize: [allowed], void: [problem(429, 'void_limit_reached')] });
    expect(refused.settlement).toMatchObject({ state: 'refused', code: 'void_limit_reached' });
    expect(gate.asked('void').length).toBe(1);
  });

  it('hands back what could not be delivered, to be sent again', async () => {
    const scenario = { sendsAgain: true, times: { total: 0.15 } };
    const outcome = await run(scenario, { authorize: [allowed], complete: [unavailable, settled('completed')] });
    expect(outcome.settlement?.state).toBe('settled');
    const [one, other] = gate.asked('complete');
    expect(other!.body).toEqual(one!.body);
  });

  it.each<[what: string, scenario: Scenario, message: string]>([
    ['an address that is none', { url: 'ringfence.example.com' }, 'url must look like'],
    ['a key with a line break', { key: 'rf_test\r\nX-Other: 1' }, 'key must be'],
    ['no time', { times: { timeout: 0 } }, 'timeout must be'],
    ['an empty idempotency key', { calls: [{ ...CALLS[0], idempotency_key: '' }] }, 'idempotency_key must be'],
    ['an endless one', { calls: [{ ...CALLS[0], idempotency_key: 'x'.repeat(256) }] }, 'idempotency_key must be'],
  ])('raises before it asks: %s', async (_what, scenario, message) => {
    gate.plays({ authorize: [allowed] });
    const { status, errors } = await runScenario({ url: gate.url, key: 'rf_test', calls: CALLS, ...scenario });
    expect([status, gate.requests.length]).toEqual([1, 0]);
    expect(errors).toContain(`ValueError: ${message}`);
  });
}
