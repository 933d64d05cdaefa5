import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { ApiKeyScope } from '#contracts';
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

const CANADA = '+14165550123';
/** What somebody looks for who may not see it, and the same for something that does not exist. */
type Ids = Record<'agent' | 'number' | 'assignment' | 'call' | 'client', string>;

interface Asking {
  method?: string;
  path: (ids: Ids) => string;
  body?: (ids: Ids) => object;
}

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let hidden: Ids;
const callers: Record<string, { token?: string; apiKey?: string }> = {};

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  const client = await clientNamed('Theirs');
  hidden = { ...(await line({ client })), client };
  const dialer = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
  const called = { apiKey: dialer.key, body: { agentId: hidden.agent, destination: CANADA } };
  hidden.call = (await send('/call-gate/authorize', called)).body.authorizationId;

  const member = async (role: 'agent' | 'admin', email: string, client?: string) => {
    const userId = await createUser(db, { organizationId, role, email });
    if (client) await db.query('update memberships set client_ids = $2 where user_id = $1', [userId, [client]]);
    return { userId, token: await signIn(api.url, email) };
  };
  callers['a person'] = await member('agent', 'agent@hidden.test');
  await line({ userId: (callers['a person'] as { userId: string }).userId });
  callers['a member limited to a client'] = await member('admin', 'limited@hidden.test', await clientNamed('Mine'));

  const settles: ApiKeyScope[] = ['calls:authorize', 'calls:settle'];
  const other = await createApiKey(db, { organizationId, scopes: settles });
  callers['another key'] = { apiKey: other.key };
  const everything: ApiKeyScope[] = [
    ...settles,
    ...(['calls:settle-any', 'calls:read', 'numbers:read', 'numbers:write'] as const),
    ...(['agents:read', 'agents:write', 'assignments:read', 'assignments:write'] as const),
  ];
  const stranger = await createApiKey(db, { organizationId: await createOrganization(db), scopes: everything });
  callers['another organization'] = { apiKey: stranger.key };
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

async function clientNamed(name: string): Promise<string> {
  const rows = await db.query('insert into clients (organization_id, name) values ($1, $2) returning id', [
    organizationId,
    name,
  ]);
  return rows[0]!['id'] as string;
}

async function line({ client, userId }: { client?: string; userId?: string }): Promise<Ids> {
  const agent = await createAgent(db, { organizationId, userId });
  const number = await createPhoneNumber(db, { organizationId });
  await db.query('update agents set client_id = $2 where id = $1', [agent, client ?? null]);
  await db.query('update phone_numbers set client_id = $2 where id = $1', [number, client ?? null]);
  const assignment = await createAssignment(db, { organizationId, agentId: agent, phoneNumberId: number });
  return { agent, number, assignment, call: '', client: '' };
}

type Sent = NonNullable<Parameters<typeof request>[1]>;
const send = (path: string, options: Sent = {}) => request(`${api.url}/api/v1${path}`, options);

/** What the work of a request asks the database, one statement after the other; who calls is looked up apart. */
async function statementsOf<T>(work: () => Promise<T>): Promise<{ answer: T; statements: string[] }> {
  const statements: string[] = [];
  const tenants = new WeakSet<object>();
  const original = pg.Client.prototype.query as (...asked: unknown[]) => unknown;
  const noted = function (this: object, ...asked: unknown[]): unknown {
    const [query] = asked;
    const text = typeof query === 'string' ? query : String((query as { text?: unknown }).text);
    if (text.startsWith('set local ringfence.')) tenants.add(this);
    if (tenants.has(this) || text === 'gate_authorize') statements.push(text.replace(/'\{[-0-9a-f]+\}'/, '…'));
    if (text === 'COMMIT' || text === 'ROLLBACK') tenants.delete(this);
    return original.apply(this, asked);
  };
  pg.Client.prototype.query = noted as typeof pg.Client.prototype.query;
  try {
    return { answer: await work(), statements };
  } finally {
    pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
  }
}

/** All that an answer tells, but for what every answer has of its own. */
async function toldOf(asking: Asking, ids: Ids, caller: object) {
  const sent = { method: asking.method, body: asking.body?.(ids), ...caller };
  const { answer, statements } = await statementsOf(() => send(asking.path(ids), sent));
  const body = JSON.stringify(answer.body, (name, value: unknown) =>
    ['requestId', 'instance', 'authorizationId', 'resetsAt', 'scannedTo'].includes(name) ? undefined : value,
  );
  const named = Object.entries(ids).reduce((text, [name, id]) => (id ? text.replaceAll(id, name) : text), body);
  const headers = [...answer.headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name));
  return { status: answer.status, body: named, headers, statements };
}

const get = (path: (ids: Ids) => string): Asking => ({ path });
const put = (path: (ids: Ids) => string, body: object): Asking => ({ method: 'PUT', path, body: () => body });
const remove = (path: (ids: Ids) => string): Asking => ({ method: 'DELETE', path });
const post = (path: (ids: Ids) => string, body: (ids: Ids) => object = () => ({})): Asking => ({
  method: 'POST',
  path,
  body,
});
const filtered = (path: string, filter: (ids: Ids) => object): Asking =>
  get((ids) => `${path}?filter=${encodeURIComponent(JSON.stringify(filter(ids)))}`);

const callsOf: Record<string, Asking> = {
  'complete a call': post(
    ({ call }) => `/call-gate/authorizations/${call}/complete`,
    () => ({ disposition: 'answered' }),
  ),
  'void a call': post(
    ({ call }) => `/call-gate/authorizations/${call}/void`,
    () => ({ reason: 'not_dialed' }),
  ),
};

const logged: Record<string, Asking> = {
  'get a call': get(({ call }) => `/call-gate/authorizations/${call}`),
  'the calls of an agent': get(({ agent }) => `/call-gate/authorizations?agentId=${agent}`),
  'the calls from a number': get(({ number }) => `/call-gate/authorizations?phoneNumberId=${number}`),
  'the calls of an agent as CSV': get(({ agent }) => `/call-gate/authorizations.csv?agentId=${agent}`),
};

const asked = (field: 'agentId' | 'assignmentId', name: 'agent' | 'assignment') => (ids: Ids) => ({
  [field]: ids[name],
  destination: CANADA,
});
const gate: Record<string, Asking> = Object.fromEntries(
  (['agent', 'assignment'] as const).flatMap((name) => {
    const call = asked(`${name}Id`, name);
    return [
      [`authorize by ${name}`, post(() => '/call-gate/authorize', call)],
      [
        `authorize together by ${name}`,
        post(
          () => '/call-gate/authorize-batch',
          (ids) => ({ calls: [call(ids)] }),
        ),
      ],
      [`simulate by ${name}`, post(() => '/call-gate/simulate', call)],
    ];
  }),
);

const read: Record<string, Asking> = {
  'get an agent': get(({ agent }) => `/agents/${agent}`),
  'agents by id': filtered('/agents', ({ agent }) => ({ id: [agent] })),
  'get an assignment': get(({ assignment }) => `/agent-assignments/${assignment}`),
  'assignments by id': filtered('/agent-assignments', ({ assignment }) => ({ id: [assignment] })),
  'assignments of an agent': filtered('/agent-assignments', ({ agent }) => ({ agentId: agent })),
  'assignments of a number': filtered('/agent-assignments', ({ number }) => ({ phoneNumberId: number })),
  'the numbers of an agent': get(({ agent }) => `/phone-numbers/agent/${agent}`),
  'the numbers that an agent answers': get(({ agent }) => `/phone-numbers/assistant/${agent}`),
};

const numbers: Record<string, Asking> = {
  'get a number': get(({ number }) => `/phone-numbers/${number}`),
  'numbers by id': filtered('/phone-numbers', ({ number }) => ({ id: [number] })),
  'numbers of a client': filtered('/phone-numbers', ({ client }) => ({ clientId: client })),
  'agents of a client': filtered('/agents', ({ client }) => ({ clientId: client })),
};

const written: Record<string, Asking> = {
  'change an agent': put(({ agent }) => `/agents/${agent}`, { status: 'inactive' }),
  'delete an agent': remove(({ agent }) => `/agents/${agent}`),
  'change an assignment': put(({ assignment }) => `/agent-assignments/${assignment}`, { paused: true }),
  'end an assignment': remove(({ assignment }) => `/agent-assignments/${assignment}`),
  'change a number': put(({ number }) => `/phone-numbers/${number}`, { label: 'x' }),
  'delete a number': remove(({ number }) => `/phone-numbers/${number}`),
  'assign a number': post(
    ({ number }) => `/phone-numbers/${number}/assign`,
    ({ agent }) => ({ agentId: agent }),
  ),
  'unassign a number': post(({ number }) => `/phone-numbers/${number}/unassign`),
  'connect a number': post(
    ({ number }) => `/phone-numbers/${number}/connect`,
    ({ agent }) => ({ agentId: agent }),
  ),
  'disconnect a number': post(({ number }) => `/phone-numbers/${number}/disconnect`),
  'release a number': post(({ number }) => `/phone-numbers/${number}/release`),
  'make an assignment': post(
    () => '/agent-assignments',
    ({ agent, number }) => ({ agentId: agent, phoneNumberId: number }),
  ),
  'make an agent of a client': post(
    () => '/agents',
    ({ client }) => ({ name: 'New', kind: 'ai', clientId: client }),
  ),
};

const cases: [string, Record<string, Asking>][] = [
  ['a person', { ...callsOf, ...logged, ...gate, ...read }],
  ['a member limited to a client', { ...read, ...numbers, ...written }],
  ['another key', callsOf],
  ['another organization', { ...callsOf, ...logged, ...gate, ...read, ...numbers, ...written }],
];

/** Statements are counted and not timed: what is asked of the database makes the difference that a clock would show. */
describe.each(cases)('%s cannot tell a hidden record from one that does not exist', (name, askings) => {
  it.each(Object.entries(askings))('%s', async (_, asking) => {
    const absent = Object.fromEntries(Object.keys(hidden).map((of) => [of, randomUUID()])) as Ids;
    const caller = callers[name]!;
    const [ofHidden, ofAbsent] = [await toldOf(asking, hidden, caller), await toldOf(asking, absent, caller)];
    expect(ofHidden).toEqual(ofAbsent);
    expect(ofHidden.statements).not.toEqual([]);
    expect(ofHidden.status === 403 && ofHidden.body.includes('This needs the permission')).toBe(false);
  });
});
