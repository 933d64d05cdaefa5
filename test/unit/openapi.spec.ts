import { readFileSync } from 'node:fs';
import { problemCodeList } from '#contracts';
import { type Description, descriptionBy, escaped } from '../support/description.js';

interface Schema {
  $ref?: string;
  format?: string;
}

interface Parameter {
  name: string;
  in: string;
  schema: Schema;
}

interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  security: Record<string, unknown>[];
  requestBody?: { content: Record<string, Example> };
  responses: Record<string, { $ref?: string; content?: Record<string, Example> }>;
}

interface Example {
  example?: unknown;
  examples?: Record<string, { summary: string; value: unknown }>;
}

interface Document {
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, { headers?: object; content: object }> };
}

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as Document;
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

/** Operations that a dialer or its first user needs: each shows what it is asked and what it answers. */
const MAIN = [
  ...['authorizeCall', 'authorizeCalls', 'completeCall', 'voidCall', 'completeNamedCall', 'voidNamedCall'],
  ...['settleCalls', 'simulateCall', 'listDecisions', 'getDecision', 'listPhoneNumbers', 'createPhoneNumber'],
  ...['assignPhoneNumber', 'uploadPhoneNumbers', 'createAgent', 'createAgentAssignment', 'createApiKey', 'signIn'],
];

describe('openapi.json', () => {
  it('has the version of the package', () => {
    expect(document.info.version).toBe(
      (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version,
    );
  });

  it('has a type for each problem that an operation answers', () => {
    const types = Object.keys(document.components.schemas).filter((name) => name.endsWith('Problem'));
    // Beside those: the type of any problem, and two codes of addresses that no operation has.
    expect(types).toHaveLength(problemCodeList.length - 2 + 1);
  });

  it('says at 401 how to sign in, and at 429 and 503 how long to wait', () => {
    const { responses } = document.components;
    const headers = (name: string) => Object.keys(responses[name]!.headers ?? {});
    expect(headers('Unauthenticated')).toEqual(['WWW-Authenticate']);
    for (const name of ['TooManyRequests', 'Unavailable', 'GateUnavailable'])
      expect(headers(name)).toEqual(['Retry-After']);
    const secured = operations.filter(({ security }) => security.length > 0 && !security.some(isEmpty));
    expect(secured.length).toBeGreaterThan(80);
    expect(secured.filter((operation) => !('401' in operation.responses)).map(idOf)).toEqual([]);
    expect(operations.filter(({ responses: answers }) => !('503' in answers && '429' in answers)).map(idOf)).toEqual(
      [],
    );
  });

  it('offers no text beside JSON, which would make `object | string` of the types of clients', () => {
    const mixed = Object.entries(responsesOf(document)).filter(([, { content = {} }]) => {
      const types = Object.keys(content);
      return types.some((type) => /json/.test(type)) && types.some((type) => !/json/.test(type));
    });
    expect(mixed.map(([pointer]) => pointer)).toEqual([]);
  });

  it('has no two paths that fit one address, unless a word stands in the place of a UUID', () => {
    const paths = Object.entries(document.paths).map(([path, methods]) => ({
      path,
      parts: path.split('/').map((part) => partOf(part, Object.values(methods)[0]!)),
    }));
    const clashes = paths.flatMap((one, index) =>
      paths.slice(index + 1).flatMap((other) => (clash(one.parts, other.parts) ? [`${one.path} ${other.path}`] : [])),
    );
    expect(clashes).toEqual([]);
    expect(clash([partOf('a'), WORD], [partOf('b'), WORD])).toBe(false);
    expect(clash([partOf('a'), WORD], [WORD, partOf('b')])).toBe(true);
    expect(clash([partOf('a'), UUID], [UUID, partOf('b')])).toBe(false);
    expect(clash([partOf('a'), UUID], [partOf('a'), partOf('b')])).toBe(false);
  });
});

describe('the examples of openapi.json', () => {
  let description: Description;
  const found = examplesIn(document);

  beforeAll(async () => {
    description = await descriptionBy(document);
  });

  afterAll(() => description.close());

  it('are as their schemas say, and have no field that is not described', () => {
    expect(found.length).toBeGreaterThan(100);
    const wrong = found.flatMap(({ at, schema, value }) => {
      const faults = description.faultsOf(schema, value);
      return faults.length === 0 ? [] : [{ at, faults }];
    });
    expect(wrong).toEqual([]);
  });

  it('are told apart from what is wrong', () => {
    const [example] = found.filter(({ at }) => at.includes('authorize/post/requestBody'));
    expect(description.faultsOf(example!.schema, { ...(example!.value as object), nonsense: 1 })).not.toEqual([]);
    expect(description.faultsOf(example!.schema, {})).not.toEqual([]);
  });

  it.each(MAIN)('show what %s is asked and answers', (id) => {
    const operation = operations.find(({ operationId }) => operationId === id)!;
    const { requestBody, responses } = operation;
    const bodies = Object.values(requestBody?.content ?? {});
    const success = Object.entries(responses).filter(([status]) => status.startsWith('20') && status !== '202');
    // A file is shown as it is; the same in a form says nothing more.
    expect(bodies.filter(shows).length).toBeGreaterThanOrEqual(Math.min(bodies.length, 1));
    expect(success.flatMap(([, { content = {} }]) => Object.values(content)).filter((body) => !shows(body))).toEqual(
      [],
    );
  });
});

const isEmpty = (requirement: object) => Object.keys(requirement).length === 0;
const idOf = ({ operationId }: Operation) => operationId;

/** A body of text has its example in its schema. */
function shows(body: Example & { schema?: Example }): boolean {
  return Object.keys(body.examples ?? {}).length > 0 || body.schema?.example !== undefined;
}

function responsesOf({ paths, components }: Document): Record<string, { content?: object }> {
  const own = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.entries(responses).map(([status, response]) => [`${method} ${path} ${status}`, response] as const),
    ),
  );
  return Object.fromEntries([...own, ...Object.entries(components.responses)]);
}

type Part = { word: string } | { format: string | undefined };
const WORD: Part = { format: undefined };
const UUID: Part = { format: 'uuid' };

function partOf(part: string, operation?: Operation): Part {
  const name = /^\{(\w+)\}$/.exec(part)?.[1];
  if (name === undefined) return { word: part };
  return { format: operation?.parameters?.find((one) => one.in === 'path' && one.name === name)?.schema.format };
}

/** Whether one address fits two paths of which neither is the more exact one at every place. */
function clash(one: Part[], other: Part[]): boolean {
  if (one.length !== other.length) return false;
  const places = one.map((part, at) => [part, other[at]!] as const);
  if (!places.every(([a, b]) => mayBeSame(a, b))) return false;
  const moreExact = (a: Part, b: Part) => 'word' in a && !('word' in b);
  return !places.every(([a, b]) => !moreExact(b, a)) && !places.every(([a, b]) => !moreExact(a, b));
}

function mayBeSame(a: Part, b: Part): boolean {
  if ('word' in a) return 'word' in b ? a.word === b.word : b.format !== 'uuid';
  return 'word' in b ? a.format !== 'uuid' : true;
}

interface Found {
  at: string;
  /** Address of the schema in the document. */
  schema: string;
  value: unknown;
}

/** Every example: beside a schema (of a body, a parameter, a header) or in one. */
function examplesIn(value: unknown, at = ''): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  const node = value as { schema?: unknown; example?: unknown; examples?: unknown };
  const deeper = Object.entries(value).flatMap(([key, child]) =>
    // What an example holds is no part of the description.
    (key === 'example' || key === 'examples') && !at.endsWith('/properties')
      ? []
      : examplesIn(child, `${at}/${escaped(key)}`),
  );
  if (at.endsWith('/properties')) return deeper;
  const schema = node.schema === undefined ? at : `${at}/schema`;
  const named = Array.isArray(node.examples)
    ? node.examples
    : Object.values((node.examples ?? {}) as Record<string, { value: unknown }>).map((example) => example.value);
  const values = node.example === undefined ? named : [...named, node.example];
  return [...deeper, ...values.map((example) => ({ at, schema, value: example }))];
}
