import { randomUUID } from 'node:crypto';
import { committedDescription, type Operation, operationsOf, type Schema } from '../security/operations.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

type Kind = 'text' | 'a whole number' | 'true or false' | 'a list' | 'an object';

/** Values that are of another kind than the one asked for, and what they are called. */
const WRONG: Record<Kind, [unknown, string][]> = {
  text: [
    [true, 'true'],
    [{ a: 1 }, 'an object'],
    [['a'], 'a list'],
  ],
  'a whole number': [
    ['50', 'text'],
    [1.5, 'a fraction'],
    [[1], 'a list'],
  ],
  'true or false': [
    ['true', 'text'],
    [1, 'a number'],
    [{}, 'an object'],
  ],
  'a list': [
    ['US', 'text'],
    [5, 'a number'],
    [{ 0: 'US' }, 'an object'],
  ],
  'an object': [
    ['text', 'text'],
    [5, 'a number'],
    [[], 'a list'],
  ],
};
const ROUNDS = [0, 1, 2];

const KIND_OF_TYPE: Record<string, Kind> = {
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

interface Field {
  path: string;
  kind: Kind;
  schema: Schema;
  required: boolean;
  /** A body with nothing but this value in the field. */
  bodyWith(value: unknown): object;
}

/** Every field of a body, those of nested objects and of objects in lists included. */
function fieldsOf(schema: Schema, prefix = '', wrap: (body: object) => object = (body) => body): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const bodyWith = (value: unknown) => wrap({ [name]: value });
    const kind = KIND_OF_TYPE[[property.type ?? 'object'].flat()[0] as string]!;
    const path = prefix + name;
    const field = { path, kind, schema: property, required: schema.required?.includes(name) ?? false, bodyWith };
    const ofItem = property.items?.properties
      ? fieldsOf(property.items, `${path}[0].`, (item) => bodyWith([item]))
      : fieldsOf(property, `${path}.`, bodyWith);
    return [field, ...ofItem];
  });
}

/** The gate takes null for what is left out. */
const isOfGate = ({ path }: Operation, field: string): boolean =>
  path.startsWith('/api/v1/call-gate/') && /(agentId|agentExternalId|assignmentId|from)$/.test(field);

let db: TestDatabase;
let api: RunningApi;
let token: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  const organizationId = await createOrganization(db);
  const email = 'kinds@example.test';
  await createUser(db, { organizationId, role: 'owner', email, platformAdmin: true });
  token = await signIn(api.url, email);
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

async function errorsOf({ method, path }: Pick<Operation, 'method' | 'path'>, body: unknown) {
  const url = api.url + path.replace(/\{[^}]+\}/g, () => randomUUID());
  const answer = await request(url, { method, token, body });
  return { status: answer.status, errors: (answer.body as { errors?: Record<string, string> }).errors ?? {} };
}

const written = operationsOf(committedDescription()).filter(({ body }) => body?.type === 'application/json');

it('knows the bodies of the API', () => {
  expect(written.length).toBeGreaterThan(25);
  expect(written.flatMap(({ body }) => fieldsOf(body!.schema)).length).toBeGreaterThan(90);
});

describe.each(written)('$name', (operation) => {
  const fields = fieldsOf(operation.body!.schema);

  it.each(fields)(
    'says of $path that it is of the wrong kind, and which it should have',
    async ({ path, kind, bodyWith }) => {
      for (const round of ROUNDS) {
        const [value, got] = WRONG[kind][round]!;
        const { status, errors } = await errorsOf(operation, bodyWith(value));
        expect({ status, told: errors[path] }).toEqual({ status: 400, told: `must be ${kind}; got ${got}` });
      }
    },
  );

  const lists = fields.filter(({ schema }) => schema.items && !schema.items.properties);
  if (lists.length > 0) {
    it.each(lists)('says which item of $path is of the wrong kind', async ({ path, bodyWith, schema }) => {
      const { errors } = await errorsOf(operation, bodyWith(['ok', 5]));
      expect(errors[path]).toBe('[1] must be text; got a number');
      expect(schema.items!.type).toBe('string');
    });
  }

  const firm = fields.filter(
    ({ schema, path }) => ![schema.type].flat().includes('null') && !isOfGate(operation, path),
  );
  if (firm.length > 0) {
    it.each(firm)('says of $path that it must not be null', async ({ path, kind, bodyWith }) => {
      const { status, errors } = await errorsOf(operation, bodyWith(null));
      expect({ status, told: errors[path] }).toEqual({ status: 400, told: `must be ${kind}; got null` });
    });
  }

  const needed = fields.filter(({ required, path }) => required && !path.includes('.'));
  if (needed.length > 0) {
    it.each(needed)('says that $path is required', async ({ path }) => {
      const { status, errors } = await errorsOf(operation, {});
      expect({ status, told: errors[path] }).toEqual({ status: 400, told: 'is required' });
    });
  }
});

describe('the rest of what a message says', () => {
  it.each([
    ['50', 'must be a whole number; got text'],
    [50.5, 'must be a whole number; got a fraction'],
    [null, 'must be a whole number; got null'],
    [1_000_001, 'must not be greater than 1,000,000'],
    [-1, 'must not be less than 0'],
  ])('a daily limit of %j: %s', async (dailyLimit, told) => {
    const { errors } = await errorsOf({ method: 'PUT', path: '/api/v1/agent-assignments/{id}' }, { dailyLimit });
    expect(errors).toEqual({ dailyLimit: told });
  });

  it('names the call of a batch, its field and the kind', async () => {
    const good = { agentId: randomUUID(), destination: '+14165550123' };
    const calls = [
      good,
      good,
      good,
      { ...good, destination: 14165550123 },
      'call',
      { ...good, idempotencyKey: 7 },
      null,
    ];
    const { errors } = await errorsOf({ method: 'POST', path: '/api/v1/call-gate/authorize-batch' }, { calls });
    expect(errors).toEqual({
      'calls[3].destination': 'must be text; got a number',
      'calls[4]': 'must be an object; got text',
      'calls[5].idempotencyKey': 'must be text; got a number',
      'calls[6]': 'must be an object; got null',
    });
  });

  it.each([
    ['agents?range=5', 'range', 'must be a list [first,last], for example [0,24]; got a number'],
    ['agents?range=abc', 'range', 'must be JSON'],
    ['agents?range=["0","24"]', 'range', 'must be [first,last], for example [0,24]'],
    ['agents?range=[0,24]&range=[25,49]', 'range', 'must be given once, as JSON'],
    ['agents?sort="name"', 'sort', 'must be a list [field,"ASC"|"DESC"]; got text'],
    ['agents?filter=[]', 'filter', 'must be a JSON object; got a list'],
    ['agents?filter=null', 'filter', 'must be a JSON object; got null'],
    ['agents?filter={"q":5}', 'filter.q', 'must be text; got a number'],
    ['agents?filter={"kind":["ai"]}', 'filter.kind', 'must be text; got a list'],
    ['agents?filter={"clientId":5}', 'filter.clientId', 'must be text; got a number'],
    ['phone-numbers?filter={"inPool":"yes"}', 'filter.inPool', 'must be true or false; got text'],
    ['phone-numbers?filter={"countryCode":5}', 'filter.countryCode', 'must be text; got a number'],
    ['audit-events?filter={"from":5}', 'filter.from', 'must be text; got a number'],
    [
      'audit-events?filter={"from":"2026"}',
      'filter.from',
      'must be a time with its zone, for example 2026-03-02T12:00:00Z',
    ],
    ['usage/daily?from=yesterday', 'from', 'must be a date such as 2026-01-31'],
    ['usage/daily?from=2026-01-01&from=2026-01-02', 'from', 'must be given once'],
    ['call-gate/authorizations?limit=many', 'limit', 'must be a whole number; got text'],
  ])('GET %s: %s %s', async (address, field, told) => {
    const { status, body } = await request(encodeURI(`${api.url}/api/v1/${address}`), { token });
    expect({ status, errors: body.errors as object }).toEqual({ status: 400, errors: { [field]: told } });
  });
});
