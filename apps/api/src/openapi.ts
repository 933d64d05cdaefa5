import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './config/project-root.js';
import { addSecuritySchemes, describeAccess } from './openapi/access.js';
import { describeAnswers } from './openapi/answers.js';
import { addExamples } from './openapi/examples/add-examples.js';
import { type Operation, operationsOf, parametersOf, type RequestBodyObject } from './openapi/operation.js';
import { problemResponsesOf, sharedResponses } from './openapi/problem-responses.js';
import { tags } from './openapi/tags.js';
import { serveOnce } from './platform/http/pages/rendered-once.js';
import { problemSchemas, PROBLEMS_EXTENSION } from './platform/http/problems/problem.schema.js';

const DESCRIPTION = [
  'Phone numbers, agents and a call gate that decides, before every outbound call, whether it may be placed.',
  'An answer with a status of 400 or more is a problem (RFC 9457), whose `code` comes from a closed list, and each code is a ' +
    'schema of its own. Only a denied call that was asked about with `statusOnDeny=403` is none: it is a decision.',
  'SIP servers and shell scripts may ask for `Accept: text/plain`. A problem is then the line `error <code>`, and the answers ' +
    'of the call gate are lines as well. What they look like stands in `x-text-plain` beside `content`: a response has one ' +
    'media type here, so that a client generated from this description has one type for it.',
  'Lists take `filter`, `range` and `sort` as JSON and answer `Content-Range` and `X-Total-Count`. A page of numbers or ' +
    'assignments starts at most 10,000 rows from either end, but anywhere in all numbers by `createdAt` or `phoneNumber` ' +
    'and in all assignments by `agentName`.',
].join('\n\n');

/** Describes the API from its controllers. The id of an operation is the name of the method that answers it. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, documentHead(), {
    operationIdFactory: (_controller, method) => method,
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...problemSchemas },
    responses: sharedResponses,
  };
  for (const operation of operationsOf(document)) {
    describeAccess(operation);
    describeIds(operation);
    describeUploadForm(operation);
    describeAnswers(operation);
    operation.responses = { ...problemResponsesOf(operation), ...operation.responses };
    delete operation[PROBLEMS_EXTENSION];
  }
  addExamples(document);
  return document;
}

function documentHead() {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  const builder = addSecuritySchemes(new DocumentBuilder())
    .setTitle('Ringfence')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'The installation that this description comes from.')
    .addServer('http://127.0.0.1:3000', 'Your own machine, after `npm start`.');
  for (const [name, description] of Object.entries(tags)) builder.addTag(name, description);
  const head = builder.build();
  // Every installation has an operator of its own, whom this description cannot name.
  delete head.info.contact;
  return head;
}

/** Ids in paths are UUIDs: `ParseUuidPipe` takes nothing else. */
function describeIds(operation: Operation): void {
  for (const parameter of parametersOf(operation, 'path')) {
    if (/^id$|Id$/.test(parameter.name)) parameter.schema = { type: 'string', format: 'uuid' };
  }
}

/** A file has the same content in a form as it has alone, but not the same place. */
function describeUploadForm({ requestBody }: Operation): void {
  const form = (requestBody as RequestBodyObject | undefined)?.content?.['multipart/form-data'];
  if (!form) return;
  form.schema = {
    type: 'object',
    required: ['file'],
    properties: { file: { type: 'string', format: 'binary', description: 'The CSV file.' } },
  };
  form.encoding = { file: { contentType: 'text/csv' } };
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
