import { randomUUID } from 'node:crypto';
import { readAccessTable } from './access-table.js';
import type { Caller } from './callers.js';
import { committedDescription, type Operation, operationsOf } from './operations.js';
import { exampleRequest, type ExampleRequest, uuidsIn } from './requests.js';
import { Tally } from './tally.js';
import { type Answer, createWorld, type World } from './world.js';

const operations = operationsOf(committedDescription());
const table = readAccessTable();
const tally = new Tally('foreign ids');

/** Records that every organization may see, whoever has reserved or claims them: the pool is no secret. */
const VISIBLE_TO_ALL = ['pool number', 'reserved'];

/** Which record a field of a body, a query or a filter names. */
const RECORD_OF_FIELD: Record<string, string> = {
  agentId: 'agent',
  agentIds: 'agent',
  assignmentId: 'assignment',
  clientId: 'client',
  clientIds: 'client',
  ids: 'number',
  phoneNumberId: 'number',
  userId: 'user',
};

/** What else the body must say for a field to be looked at. */
const TOGETHER_WITH: Record<string, Record<string, Record<string, unknown>>> = {
  'POST /phone-numbers/bulk': {
    agentId: { operation: 'assign', tags: undefined },
    agentIds: { operation: 'distribute', tags: undefined },
    clientId: { operation: 'claim', tags: undefined },
  },
};

/** What is new in each answer although the request is the same: a decision has an id and times of its own. */
const NEW_EACH_TIME = /"(authorizationId|requestId|resetsAt|expiresAt|decidedAt|createdAt|updatedAt)":"[^"]*"/g;

const inPath = operations.filter(({ name }) => {
  const record = table.get(name)?.record ?? null;
  return record !== null && !VISIBLE_TO_ALL.includes(record);
});
const inFields = operations.flatMap((operation) => fieldsOf(operation).map((field) => ({ operation, field })));
const inQuery = operations.flatMap((operation) =>
  operation.parameters
    .filter((parameter) => parameter.in === 'query' && parameter.name in RECORD_OF_FIELD)
    .map(({ name: field }) => ({ operation, field })),
);
const lists = operations.filter(
  ({ name }) => operations.some((one) => one.name === `${name}/{id}`) && /^GET/.test(name),
);

let world: World;
let others: Caller[];
/** One record of each kind, which the other organization must not notice. */
const records: Record<string, string> = {};

beforeAll(async () => {
  world = await createWorld();
  others = world.callers.filter(({ column }) => column === 'other admin' || column === 'other key');
  for (const kind of world.records.own.known) records[kind] = await world.records.own.make(kind);
});

afterAll(async () => {
  await world?.close();
  const summary = `${inPath.length} paths, ${inFields.length} fields, ${inQuery.length} parameters, ${lists.length} lists`;
  tally.print(`ids in ${summary}; ${others?.length} callers of another organization`);
});

/** Fields of the body that name records, also inside the items of a list. */
function fieldsOf({ body }: Operation): string[] {
  const { properties = {} } = body?.schema ?? {};
  const items = Object.values(properties).flatMap(({ items }) => Object.keys(items?.properties ?? {}));
  return [...Object.keys(properties), ...items].filter((field) => field in RECORD_OF_FIELD);
}

/** The same request about records that are nowhere. */
function aboutNothing(request: ExampleRequest): ExampleRequest {
  const text = request.named.reduce((so, named) => {
    const absent = uuidsIn(named).length > 0 ? randomUUID() : named.replace(/\d{3}$/, '999');
    return so.replaceAll(named, absent).replaceAll(encodeURIComponent(named), encodeURIComponent(absent));
  }, JSON.stringify(request));
  return JSON.parse(text) as ExampleRequest;
}

/** What is left of an answer when the names that were sent are taken out, and what is new in each answer. */
function comparable(answer: Answer, request: ExampleRequest) {
  const { date: _date, 'x-request-id': _requestId, ...headers } = answer.headers;
  const unnamed = (text: string) => request.named.reduce((so, named) => so.replaceAll(named, '(sent)'), text);
  return {
    status: answer.status,
    headers: JSON.parse(unnamed(JSON.stringify(headers))) as unknown,
    text: unnamed(answer.text).replace(NEW_EACH_TIME, '"$1":"(new)"'),
  };
}

async function expectNoDifference(operation: Operation, make: () => Promise<ExampleRequest>): Promise<void> {
  for (const caller of others) {
    const request = await make();
    const answers = [];
    for (const one of [request, aboutNothing(request)]) {
      const answer = await world.send(one, caller.headersFor(operation.permission));
      tally.count(answer.status);
      answers.push(comparable(answer, one));
    }
    expect({ caller: caller.name, ...answers[0] }).toEqual({ caller: caller.name, ...answers[1] });
  }
}

function withField(name: string, request: ExampleRequest, field: string): ExampleRequest {
  const id = records[RECORD_OF_FIELD[field]!]!;
  const value = field.endsWith('s') ? [id] : id;
  const body = { ...(request.body as Record<string, unknown>), ...TOGETHER_WITH[name]?.[field] };
  // A call can be in a list of them.
  if (Array.isArray(body['calls'])) body['calls'] = [{ ...(body['calls'][0] as object), [field]: value }];
  else body[field] = value;
  return { ...request, body, named: [id] };
}

describe('a record of another organization is told apart by nothing from one that is nowhere', () => {
  it.each(inPath.map((operation) => [operation.name, operation] as const))(
    'in the path of %s',
    async (name, operation) => {
      await expectNoDifference(operation, () => exampleRequest(operation, table.get(name)!.record, world.records.own));
    },
  );

  it.each(inFields.map(({ operation, field }) => [field, operation.name, operation] as const))(
    'as %s of %s',
    async (field, name, operation) => {
      const record = table.get(name)?.record ?? null;
      await expectNoDifference(operation, async () =>
        withField(name, await exampleRequest(operation, record, world.otherRecords), field),
      );
    },
  );

  it.each(inQuery.map(({ operation, field }) => [field, operation.name, operation] as const))(
    'as the parameter %s of %s',
    async (field, _name, operation) => {
      // A new one: calls of the others were denied to the agents that the tests before this have named.
      const id = await world.records.own.make(RECORD_OF_FIELD[field]!);
      const address = `${operation.path}?${field}=${id}`;
      await expectNoDifference(operation, () =>
        Promise.resolve({ method: operation.method, address, headers: {}, named: [id] }),
      );
    },
  );

  it.each(lists.map((operation) => [operation.name, operation] as const))(
    'in a filter of %s',
    async (_name, operation) => {
      const invisible = Object.entries(records).filter(([kind]) => !VISIBLE_TO_ALL.includes(kind));
      const byId = invisible.map(([, id]) => ({ field: 'id', id, value: [id] as unknown }));
      const byField = Object.entries(RECORD_OF_FIELD).map(([field, kind]) => ({
        field,
        id: records[kind]!,
        value: records[kind],
      }));
      for (const { field, id, value } of [...byId, ...byField]) {
        const address = `${operation.path}?filter=${encodeURIComponent(JSON.stringify({ [field]: value }))}`;
        await expectNoDifference(operation, () =>
          Promise.resolve({ method: 'GET', address, headers: {}, named: [id] }),
        );
      }
    },
  );
});
