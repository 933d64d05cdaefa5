import { Random } from '../chaos/random.js';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { apiKeyScopes } from '#contracts';
import { readAccessTable } from './access-table.js';
import { type Answered, faultOf, FuzzRun } from './fuzz/fuzz-run.js';
import { committedDescription, type Operation, operationsOf } from './operations.js';
import { insertClient, Records } from './records.js';
import { type ExampleRequest, exampleRequest } from './requests.js';
import { long, seed } from './length.js';

const operations = operationsOf(committedDescription());
const table = readAccessTable();
const requests = long ? 20_000 : 600;
/** Sign-ins cost what argon2 costs, so the session is kept for a part of the time that it lasts. */
const SESSION_MS = 5 * 60_000;

let db: TestDatabase;
let api: ApiProcess;
let records: Records;
let organizationId: string;
let key: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApiProcess(db.url, { AUDIT_CHAIN_JOB: 'false' });
  organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  const user = { organizationId, role: 'owner', email: 'owner@fuzz.test', platformAdmin: true } as const;
  await createUser(db, user);
  const agentUserId = await createUser(db, { organizationId, role: 'agent' });
  const clientId = await insertClient(db, organizationId, 'Client');
  records = new Records(db, { organizationId, agentUserId, clientIds: { own: clientId, other: clientId } }, 'other');
  key = (await createApiKey(db, { organizationId, scopes: [...apiKeyScopes] })).key;
});

afterAll(async () => {
  await api?.stop();
  await db?.drop();
});

/** The owner, who is a platform administrator as well; a key for a third of what keys may do. */
class Callers {
  private signedInAt = -Infinity;
  private token: Promise<string> | undefined;

  constructor(private readonly random: Random) {}

  async headersFor({ permission }: Operation): Promise<Record<string, string>> {
    if (permission === null) return {};
    if ((apiKeyScopes as readonly string[]).includes(permission) && this.random.chance(0.3))
      return { 'x-api-key': key };
    if (performance.now() - this.signedInAt > SESSION_MS) {
      this.signedInAt = performance.now();
      this.token = signIn(api.url, 'owner@fuzz.test');
    }
    return { authorization: `Bearer ${await this.token}`, 'x-organization-id': organizationId };
  }
}

/** A request is used a few times: its record is there the first time at least, and the database does not fill with thousands. */
const USES = 4;
const made = new Map<string, { request: Promise<ExampleRequest>; uses: number }>();

function goodRequest(operation: Operation): Promise<ExampleRequest> {
  const known = made.get(operation.name);
  if (known && known.uses < USES) {
    known.uses += 1;
    return known.request;
  }
  const request = exampleRequest(operation, table.get(operation.name)?.record ?? null, records);
  made.set(operation.name, { request, uses: 1 });
  return request;
}

it('answers whatever is sent, and stays alive', async () => {
  const random = new Random(seed);
  const callers = new Callers(random);
  const run = new FuzzRun(
    {
      url: api.url,
      pid: api.process.pid!,
      operations,
      good: async (operation) => {
        const headers = await callers.headersFor(operation);
        return { request: await goodRequest(operation), headers };
      },
      isAlive: () => api.process.exitCode === null && api.process.signalCode === null,
    },
    random,
  );
  const report = await run.run(requests);
  const statuses = [...report.byStatus].sort(([a], [b]) => a.localeCompare(b));
  process.stdout.write(
    `security, fuzz: seed ${seed}, ${operations.length} operations, ${report.requests} requests: ` +
      `${statuses.map(([status, times]) => `${status} ${times}`).join(', ')}; ` +
      `/livez asked ${report.livez.asked} times, slowest ${Math.round(report.livez.worstMs)} ms\n`,
  );
  if (report.faults.length > 0) throw new Error(`Repeat with --seed ${seed}\n\n${report.faults.join('\n\n')}`);
  expect(report.requests).toBeGreaterThanOrEqual(requests);
}, 1_800_000);

describe('what the fuzz takes for a fault', () => {
  const operation = operations.find(({ name }) => name === 'POST /agents')!;
  const sent = { method: 'POST', path: '/api/v1/agents', headers: {}, body: null };
  const problem = (status: number, code: string, headers = {}): Answered => ({
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    text: JSON.stringify({ code, status }),
  });

  it.each([
    ['no answer', 'socket hang up'],
    ['a 500', problem(500, 'internal_error')],
    ['a 503 that does not say when to come again', problem(503, 'service_unavailable')],
    ['a redirect', { status: 302, headers: {}, text: '' }],
    ['a code that there is not', problem(400, 'whatever')],
    ['a code of another status', problem(400, 'record_not_found')],
    ['a refusal that is no problem', { status: 400, headers: { 'content-type': 'text/html' }, text: '<html>' }],
    ['a success that is not described', { status: 207, headers: {}, text: '' }],
  ] as const)('%s', (_what, answer) => {
    expect(faultOf(operation, sent, [], answer)).not.toBeNull();
  });

  it.each([
    ['a success that is described', { status: 201, headers: {}, text: '' }],
    ['a refusal of the catalogue', problem(400, 'validation_failed')],
    ['a gate that is busy', problem(503, 'gate_unavailable')],
  ] as const)('not %s', (_what, answer) => {
    expect(faultOf(operation, sent, [], answer)).toBeNull();
  });
});
