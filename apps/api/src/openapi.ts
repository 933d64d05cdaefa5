import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './config/project-root.js';
import { BODY_BYTES, BODY_LIMIT_EXTENSION } from './platform/http/bodies/bodies.js';
import { serveOnce } from './platform/http/pages/rendered-once.js';
import { problemResponseOf, problemResponses, problemSchema } from './platform/http/problems/problem.schema.js';

type RequestBody = { content?: object };
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const DESCRIPTION = [
  'Phone numbers, agents and a call gate that decides, before every outbound call, whether it may be placed.',
  'An answer with a status of 400 or more is a problem (RFC 9457), whose `code` comes from a closed list; a client that ' +
    'prefers text/plain to JSON gets it as the line `error <code>`. Only a denied call that was asked about with ' +
    '`statusOnDeny=403` is none: it is a decision.',
  'Lists take `filter`, `range` and `sort` as JSON and answer `Content-Range` and `X-Total-Count`. A page of numbers or ' +
    'assignments starts at most 10,000 rows from either end, but anywhere in all numbers by `createdAt` or `phoneNumber` ' +
    'and in all assignments by `agentName`.',
].join('\n\n');

/** Describes the API from its controllers. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  const config = new DocumentBuilder()
    .setTitle('Ringfence')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An access token, or an API key.' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' }, 'apiKey')
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'Any user name, the API key as password.' }, 'basic')
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: operationIdOf });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: problemSchema },
    responses: problemResponses,
  };
  for (const operation of operationsOf(document)) {
    describeAccess(operation);
    operation.responses = { ...problemResponseOf, ...bodyResponses(operation), ...operation.responses };
  }
  return document;
}

/**
 * Names an operation by its controller: `PhoneNumbersController.list` is `listPhoneNumbers`, its `get` is
 * `getPhoneNumber`. Where that says something else than the route does, the route names itself in `@ApiOperation`. The
 * names are those of the functions of `libs/api-client`.
 */
function operationIdOf(controller: string, method: string): string {
  const records = controller.replace(/Controller$/, '');
  const verb = method === 'remove' ? 'delete' : method;
  return verb + (verb === 'list' ? records : records.replace(/s$/, ''));
}

/**
 * Serves the description at /api/openapi.json and a page to try it at /api/docs, whose files come from this server. The
 * description is made once, and sent to those who do not have it.
 */
export function serveApiDocs(app: NestFastifyApplication): void {
  let document: OpenAPIObject | undefined;
  const described = () => (document ??= openApiDocument(app));
  serveOnce(app.getHttpAdapter().getInstance(), '/api/openapi.json', 'application/json; charset=utf-8', () =>
    JSON.stringify(described()),
  );
  SwaggerModule.setup('api/docs', app, described, {
    raw: false,
    customSiteTitle: 'Ringfence API',
    swaggerOptions: { persistAuthorization: false, validatorUrl: null },
  });
}

/** Says what is wrong with a body before anything is done with it. */
function bodyResponses(operation: Operation): Operation['responses'] {
  if (operation.requestBody === undefined || 'text/csv' in ((operation.requestBody as RequestBody).content ?? {}))
    return {};
  const limits = operation as unknown as Record<string, number | undefined>;
  const bytes = (limits[BODY_LIMIT_EXTENSION] ?? BODY_BYTES.record).toLocaleString('en');
  const description = `The body is larger than ${bytes} bytes.`;
  return {
    400: { $ref: '#/components/responses/InvalidBody' },
    413: { $ref: '#/components/responses/TooLarge', description },
  };
}

/** Says who may call, from what the route declares about its access. */
function describeAccess(operation: Operation): void {
  const { 'x-public': isPublic, 'x-permission': permission } = operation as unknown as Record<string, unknown>;
  operation.security = isPublic === true ? [] : [{ bearer: [] }, { apiKey: [] }, { basic: [] }];
  if (typeof permission !== 'string') return;
  const needs = `Needs the permission \`${permission}\`.`;
  operation.description = operation.description ? `${operation.description}\n\n${needs}` : needs;
}

function operationsOf(document: OpenAPIObject): Operation[] {
  const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
  return Object.values(document.paths).flatMap((path) => methods.flatMap((method) => path[method] ?? []));
}
