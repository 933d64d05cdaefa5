import { PASSWORD } from '../support/fixtures.js';
import type { Operation, Schema } from './operations.js';
import type { Records } from './records.js';

/** A request that is right in all but who sends it. */
export interface ExampleRequest {
  method: string;
  /** Path and query. */
  address: string;
  headers: Record<string, string>;
  /** What is sent as it is (CSV), or as JSON. */
  body?: unknown;
  /** The ids and numbers of records that the request names. */
  named: string[];
}

type Body = (records: Records) => Promise<unknown>;

let serial = 0;

/** The e-mail of a user who may sign in. */
export const SIGNING_IN = 'signing-in@example.test';

/**
 * Bodies that the examples in openapi.json do not make: something unique, or a choice of fields. Everything else is made
 * from the schema: what is required, its example, and ids of records by the field's name.
 */
const BODIES: Record<string, Body> = {
  'POST /auth/login': () => Promise.resolve({ email: SIGNING_IN, password: PASSWORD }),
  // Refused to whom it is for: a change would take the password from the caller's next request.
  'POST /auth/password': () => Promise.resolve({ currentPassword: PASSWORD, newPassword: PASSWORD }),
  'POST /users': () => Promise.resolve({ email: `new-${next()}@example.test`, role: 'agent' }),
  'POST /invitations/preview': async (records) => ({ token: (await records.invitation()).token }),
  'POST /invitations/accept': async (records) => ({
    token: (await records.invitation()).token,
    name: `Newcomer ${next()}`,
    password: `a password of their own ${next()}`,
  }),
  'PUT /users/{id}': () => Promise.resolve({ role: 'manager' }),
  'POST /organizations': () => Promise.resolve({ slug: `new-${next()}`, name: 'New' }),
  'POST /agents/bulk-upload': () => Promise.resolve(`name,kind\nNew ${next()},ai\n`),
  'POST /phone-numbers': () => Promise.resolve({ phoneNumber: newNumber(), provider: 'telnyx' }),
  'POST /phone-numbers/bulk-upload': () => Promise.resolve(`${newNumber()},telnyx,US\n`),
  'POST /phone-numbers/bulk': async (records) => ({ operation: 'tag', ids: [await records.number()], tags: ['new'] }),
  'POST /call-gate/authorize': call,
  'POST /call-gate/simulate': call,
  'POST /call-gate/complete': async (records) => ({
    authorizationId: await records.authorization(),
    disposition: 'answered',
  }),
  'POST /call-gate/void': async (records) => ({ authorizationId: await records.authorization(), reason: 'not_dialed' }),
  'POST /call-gate/settle-batch': async (records) => ({
    complete: [{ authorizationId: await records.authorization(), disposition: 'answered' }],
  }),
  'POST /call-gate/authorize-batch': async (records) => ({ calls: [await call(records)] }),
};

/** Headers beside the content type. */
const HEADERS: Record<string, Record<string, string>> = {
  // Answers at once, and not when the import is done.
  'POST /phone-numbers/bulk-upload': { prefer: 'wait=0' },
};

/** Records by the name of the field that holds their id. */
const RECORD_OF_FIELD: Record<string, (records: Records) => Promise<string>> = {
  agentId: (records) => records.agent(),
  phoneNumberId: (records) => records.number(),
};

/** A request to the operation about records that the maker makes: the one in the path, and those that the body names. */
export async function exampleRequest(
  operation: Operation,
  record: string | null,
  records: Records,
): Promise<ExampleRequest> {
  const id = record === null ? null : await records.make(record);
  const given = BODIES[operation.name];
  const body = given ? await given(records) : operation.body && (await exampleOf(operation.body.schema, '', records));
  return {
    method: operation.method,
    address: operation.path.replace(/\{[^}]+\}/g, () => encodeURIComponent(id ?? missing(operation))),
    // The second is what routes that read a cookie ask for, so that no form of another site can send them.
    headers: {
      ...(operation.body ? { 'content-type': operation.body.type } : { 'x-requested-with': 'test' }),
      ...HEADERS[operation.name],
    },
    body: body ?? undefined,
    named: [...(id === null ? [] : [id]), ...uuidsIn(JSON.stringify(body ?? null))],
  };
}

/** The value of a schema that a careful client sends: only what is required. */
async function exampleOf(schema: Schema, field: string, records: Records): Promise<unknown> {
  if (schema.format === 'uuid') {
    const record = RECORD_OF_FIELD[field];
    if (!record) throw new Error(`Say in RECORD_OF_FIELD of test/security/requests.ts which record "${field}" names`);
    return record(records);
  }
  // Names are unique in some lists.
  if (field === 'name') return `Example ${next()}`;
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  switch ([schema.type].flat()[0]) {
    case 'object': {
      const required = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
      const values = required.map(async ([name, property]) => [name, await exampleOf(property, name, records)]);
      return Object.fromEntries((await Promise.all(values)) as [string, unknown][]) as unknown;
    }
    case 'array':
      return [await exampleOf(schema.items ?? {}, field, records)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return 'Example';
  }
}

async function call(records: Records): Promise<unknown> {
  return { agentId: (await records.assignment()).agentId, destination: '+14165550123' };
}

function newNumber(): string {
  return `+141559${String(next()).padStart(5, '0')}`;
}

function next(): number {
  return (serial += 1);
}

function missing(operation: Operation): never {
  throw new Error(`The row of ${operation.name} in test/security/access-table.md must say which record its path names`);
}

export function uuidsIn(text: string): string[] {
  return text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [];
}
