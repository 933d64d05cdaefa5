import { fastify } from 'fastify';
import { request } from './http.js';

export interface Described {
  headers?: Record<string, { schema: object }>;
  content: Record<string, object>;
  /** The form that the answer has for clients that prefer text. */
  'x-text-plain'?: object;
}

/** What a running API says of itself, and what is wrong with an answer by that. */
export interface Description {
  document: object;
  /** What stands at an address in the document (RFC 6901). */
  at(pointer: string): unknown;
  /** What is wrong with a value, by the schema at an address in the document. A field that is not described is a fault. */
  faultsOf(pointer: string, value: unknown): unknown[];
  close(): Promise<void>;
}

/** Of a running API. */
export async function descriptionOf(url: string): Promise<Description> {
  return descriptionBy((await request<object>(`${url}/api/openapi.json`)).body);
}

export async function descriptionBy(document: object): Promise<Description> {
  // Fastify's own validator, without its conveniences.
  const exact = { coerceTypes: false, removeAdditional: false, useDefaults: false, strict: false } as const;
  const instance = fastify({ ajv: { customOptions: exact } });
  instance.addSchema({ $id: 'openapi', ...closed(document) });
  // The compiler is there once a route needs it.
  instance.post('/', { schema: { body: { type: 'object' } } }, () => null);
  await instance.ready();
  return {
    document,
    at: (pointer) => valueAt(document, pointer),
    faultsOf: (pointer, value) => {
      const schema = { $ref: `openapi#${pointer}` };
      const validate = instance.validatorCompiler!({ schema, method: 'POST', url: '/', httpPart: 'body' });
      return (validate(value) as boolean) ? [] : ((validate as { errors?: unknown[] }).errors ?? ['refused']);
    },
    close: () => instance.close(),
  };
}

interface Part {
  type?: unknown;
  properties?: unknown;
  allOf?: { additionalProperties?: boolean }[];
}

/** The same where no object has fields beside those that it names. */
function closed(document: object): object {
  return JSON.parse(JSON.stringify(document), (_key, value: Part | null) => {
    // The first part of the type of a problem is `Problem`, which is closed; the others say more of the same fields.
    for (const part of value?.allOf?.slice(1) ?? []) delete part.additionalProperties;
    return value?.type === 'object' && value.properties ? { ...value, additionalProperties: false } : value;
  }) as object;
}

/** A key as a part of a JSON pointer (RFC 6901). */
export function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function valueAt(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value, key) => (value as Record<string, unknown>)[key], document);
}
