import { Random } from '../../chaos/random.js';
import type { Operation, Schema } from '../operations.js';
import type { ExampleRequest } from '../requests.js';
import {
  bigValue,
  bigValues,
  jsonOf,
  ODD_BODIES,
  ODD_CONTENT_TYPES,
  ODD_HEADERS,
  ODD_PATH_PARTS,
  ODD_QUERIES,
  oddValue,
  RawJson,
} from './odd-values.js';

/** One thing that is made wrong with a request. The seed says how, so that each can be repeated without the others. */
export interface Mutation {
  kind: MutationKind;
  seed: number;
}

/** What goes over the wire. */
export interface WireRequest {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: Buffer | null;
}

/** A request under construction: the body is a value until it is replaced by bytes. */
interface Draft {
  method: string;
  path: string;
  query: string[];
  headers: Record<string, string | string[]>;
  value: unknown;
  bytes: Buffer | null;
}

type Mutate = (draft: Draft, random: Random, operation: Operation, idInPath: string | null) => void;

const MUTATE = {
  'odd value of a field': (draft, random, operation) => {
    const [holder, field] = placeIn(draft, random, operation);
    holder[field] = oddValue(random);
  },
  'field left out': (draft, random, operation) => {
    const [holder, field] = placeIn(draft, random, operation);
    delete holder[field];
  },
  'unknown field': (draft, random) => {
    const names = [
      'id',
      'organizationId',
      'organization_id',
      'role',
      'platformAdmin',
      'a'.repeat(1_000),
      'x\u0000y',
      '\ud800',
      '',
    ];
    if (isRecord(draft.value)) draft.value[random.pick(names)] = oddValue(random);
  },
  'field of every object': (draft, random) => {
    const name = random.pick(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toJSON', 'toString', 'then']);
    const text = isRecord(draft.value) ? jsonOf(draft.value) : '{}';
    draft.value = new RawJson(text.replace(/^\{/, `{${JSON.stringify(name)}:{"x":1}${text === '{}' ? '' : ','}`));
  },
  'field twice': (draft, random) => {
    const text = jsonOf(draft.value ?? {});
    const [field] = random.shuffled(isRecord(draft.value) ? Object.keys(draft.value) : ['a']);
    const value = jsonOf(oddValue(random));
    draft.value = new RawJson(
      text.replace(/\}$/, `${text === '{}' ? '' : ','}${JSON.stringify(field ?? 'a')}:${value}}`),
    );
  },
  'other body': (draft, random) => {
    draft.bytes = Buffer.from(random.pick(ODD_BODIES));
  },
  'body is a value': (draft, random) => {
    draft.value = oddValue(random);
  },
  'content type': (draft, random) => {
    draft.headers['content-type'] = random.pick(ODD_CONTENT_TYPES);
  },
  'no content type': (draft) => {
    delete draft.headers['content-type'];
  },
  'part of the path': (draft, random, _operation, idInPath) => {
    const part = random.pick(ODD_PATH_PARTS);
    if (idInPath !== null) draft.path = draft.path.replace(idInPath, () => part);
    else draft.path = random.chance(0.5) ? `${draft.path}/${part}` : draft.path.replace('/api/v1', `/api/v1/${part}`);
  },
  query: (draft, random) => {
    draft.query.push(encoded(random.pick(ODD_QUERIES)));
  },
  'odd value of a parameter': (draft, random, operation) => {
    const known = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    const name = random.pick([...known, 'filter', 'range', 'sort']);
    draft.query.push(`${name}=${encoded(jsonOf(oddValue(random)).slice(0, 4_000))}`);
  },
  header: (draft, random) => {
    const name = random.pick(Object.keys(ODD_HEADERS));
    draft.headers[name] = random.pick(ODD_HEADERS[name]!);
  },
  'other method': (draft, random) => {
    draft.method = random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND']);
  },
  'big value': (draft, random) => {
    const big = bigValue(random.pick(bigValues));
    if (isRecord(draft.value) && random.chance(0.5)) draft.value['x'] = big;
    else draft.value = big;
  },
  'many fields': (draft) => {
    draft.value = bigValue('many fields');
  },
  'lone surrogate': (draft, random, operation) => {
    const [holder, field] = textIn(draft, random, operation);
    holder[field] = `a${random.pick(['\ud800', '\udfff'])}b`;
  },
  nul: (draft, random, operation) => {
    const [holder, field] = textIn(draft, random, operation);
    holder[field] = 'a\u0000b';
  },
} as const satisfies Record<string, Mutate>;

export type MutationKind = keyof typeof MUTATE;

/** Tried on every operation that takes a body, whatever chance brings: each of them has stopped a server. */
export const ALWAYS: readonly MutationKind[] = ['many fields', 'big value', 'lone surrogate', 'nul', 'other body'];

const OFTEN: readonly MutationKind[] = [
  'odd value of a field',
  'odd value of a field',
  'odd value of a field',
  'query',
];
const RARE: readonly MutationKind[] = ['big value', 'many fields'];
const ORDINARY = (Object.keys(MUTATE) as MutationKind[]).filter((kind) => !RARE.includes(kind)).concat(OFTEN);

export function anyMutations(random: Random): Mutation[] {
  const count = random.pick([0, 1, 1, 1, 1, 2, 2, 3]);
  return Array.from({ length: count }, () => ({
    kind: random.pick(random.chance(0.03) ? RARE : ORDINARY),
    seed: random.between(1, 1_000_000_000),
  }));
}

/** The good request with the mutations made to it, one after the other. */
export function wireRequest(
  operation: Operation,
  good: ExampleRequest,
  headers: Record<string, string>,
  mutations: readonly Mutation[],
): WireRequest {
  const isText = typeof good.body === 'string';
  const draft: Draft = {
    method: good.method,
    path: good.address,
    query: [],
    headers: { ...good.headers, ...headers },
    value: isText ? undefined : structuredClone(good.body),
    bytes: isText ? Buffer.from(good.body as string) : null,
  };
  const idInPath = good.address === operation.path ? null : (good.address.split('/').find(isNamed(good)) ?? null);
  for (const { kind, seed } of mutations) {
    const mutate: Mutate = MUTATE[kind];
    mutate(draft, new Random(seed), operation, idInPath);
  }
  const body = draft.bytes ?? (draft.value === undefined ? null : Buffer.from(jsonOf(draft.value)));
  if (body !== null && body.length > 0 && !isText && draft.headers['content-type'] === undefined) {
    const untyped = mutations.some(({ kind }) => kind === 'no content type');
    if (!untyped) draft.headers['content-type'] = 'application/json';
  }
  return {
    method: draft.method,
    path: draft.query.length === 0 ? draft.path : `${draft.path}?${draft.query.join('&')}`,
    headers: draft.headers,
    body,
  };
}

const isNamed = (good: ExampleRequest) => (part: string) => good.named.includes(decodeURIComponent(part));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof RawJson);

/** A field of the body, known to the schema or not, in an object that is there or made. */
function placeIn(draft: Draft, random: Random, operation: Operation): [Record<string, unknown>, string] {
  const { properties = {} } = operation.body?.schema ?? {};
  if (!isRecord(draft.value)) draft.value = {};
  const top = draft.value as Record<string, unknown>;
  const field = random.pick([...Object.keys(properties), ...Object.keys(top), 'x']);
  const inner = properties[field]?.items?.properties ?? properties[field]?.properties;
  if (inner === undefined || random.chance(0.3)) return [top, field];
  const item = properties[field]?.items ? (top[field] as unknown[] | undefined)?.[0] : top[field];
  const holder = isRecord(item) ? item : {};
  top[field] = properties[field]?.items ? [holder] : holder;
  return [holder, random.pick(Object.keys(inner))];
}

/** A field that holds free text, where there is one. */
function textIn(draft: Draft, random: Random, operation: Operation): [Record<string, unknown>, string] {
  const { properties = {} } = operation.body?.schema ?? {};
  if (!isRecord(draft.value)) draft.value = {};
  const texts = Object.keys(properties).filter((name) => isText(properties[name]!));
  return [draft.value as Record<string, unknown>, random.pick(texts.length === 0 ? ['x'] : texts)];
}

export function isText({ type, format, enum: values }: Schema): boolean {
  return [type].flat().includes('string') && format === undefined && values === undefined;
}

/** What a client may not write in an address is escaped, what is escaped already is left. */
function encoded(query: string): string {
  return query.replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, (character) =>
    encodeURIComponent(Buffer.from(character).toString()),
  );
}
