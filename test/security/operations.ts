import { readFileSync } from 'node:fs';
import type { Permission } from '#contracts';

/** The part of JSON Schema that the description of the API uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  example?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  oneOf?: Schema[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  schema?: Schema;
}

interface DescribedResponse {
  $ref?: string;
  content?: Record<string, { schema: Schema }>;
}

interface DescribedOperation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, DescribedResponse>;
  'x-permission'?: Permission;
  'x-public'?: boolean;
}

export interface Description {
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, DescribedResponse> };
}

export interface Operation {
  /** Method and path as people say it: `GET /agents/{id}`. */
  name: string;
  method: string;
  /** The whole path, with its placeholders. */
  path: string;
  /** Null for what is public. */
  permission: Permission | null;
  parameters: Parameter[];
  /** The first media type that the body may have, and its schema without references; null when it takes none. */
  body: { type: string; schema: Schema } | null;
  /** Statuses and ranges of them: `200`, `4XX`. */
  statuses: string[];
  /** The types of problems by status, such as `RecordNotFoundProblem`; of a range `Problem`, which any is. */
  problemTypes: Record<string, string[]>;
}

const PREFIX = '/api/v1';

/** What CI proves to be the description of the routes that there are, so that each of them can be a test by itself. */
export function committedDescription(): Description {
  return JSON.parse(readFileSync('openapi.json', 'utf8')) as Description;
}

export function operationsOf(description: Description): Operation[] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) =>
      operationOf(description, path, method.toUpperCase(), described),
    ),
  );
}

function operationOf(description: Description, path: string, method: string, described: DescribedOperation): Operation {
  const name = `${method} ${path.startsWith(`${PREFIX}/`) ? path.slice(PREFIX.length) : path}`;
  const permission = described['x-permission'] ?? null;
  if ((permission === null) !== (described['x-public'] === true)) {
    throw new Error(`${name} must say in openapi.json either x-public or x-permission`);
  }
  const [body] = Object.entries(described.requestBody?.content ?? {});
  return {
    name,
    method,
    path,
    permission,
    parameters: described.parameters ?? [],
    body: body ? { type: body[0], schema: resolved(description, body[1].schema) } : null,
    statuses: Object.keys(described.responses),
    problemTypes: Object.fromEntries(
      Object.entries(described.responses).map(([status, response]) => [status, problemTypesOf(description, response)]),
    ),
  };
}

function problemTypesOf(description: Description, response: DescribedResponse): string[] {
  if (response.$ref !== undefined) {
    return problemTypesOf(description, description.components.responses[response.$ref.split('/').at(-1)!]!);
  }
  const schema = response.content?.['application/problem+json']?.schema;
  return (schema?.oneOf ?? (schema ? [schema] : [])).map(({ $ref }) => $ref!.split('/').at(-1)!);
}

/** The schema with every reference replaced by what it points to; the bodies of requests do not contain themselves. */
function resolved(description: Description, schema: Schema): Schema {
  if (schema.$ref !== undefined) {
    return resolved(description, description.components.schemas[schema.$ref.split('/').at(-1)!]!);
  }
  const { items, properties } = schema;
  return {
    ...schema,
    ...(items && { items: resolved(description, items) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, resolved(description, property)]),
      ),
    }),
  };
}

/** Whether the description of the operation knows answers of the status. */
export function isDocumented(operation: Operation, status: number): boolean {
  return operation.statuses.includes(String(status)) || operation.statuses.includes(`${String(status)[0]}XX`);
}

/** Whether the description of the operation knows problems with the code at the status. */
export function isDocumentedProblem(operation: Operation, status: number, code: string): boolean {
  const types = operation.problemTypes[String(status)];
  const type = `${code.replace(/(^|_)([a-z])/g, (_, _start, letter: string) => letter.toUpperCase())}Problem`;
  return types === undefined ? isDocumented(operation, status) : types.includes(type);
}
