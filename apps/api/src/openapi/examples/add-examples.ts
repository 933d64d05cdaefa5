import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from '../operation.js';
import { accountExamples } from './account.examples.js';
import { callGateExamples } from './call-gate.examples.js';
import { inventoryExamples } from './inventory.examples.js';

/** Examples by their names, each with a summary that says what it shows. */
type Examples = Record<string, { summary: string; value: unknown }>;

/** What an operation is asked, and what it answers by status, in JSON. */
export interface OperationExamples {
  request?: Examples;
  responses?: Record<string, Examples>;
}

const examples: Record<string, OperationExamples> = { ...callGateExamples, ...inventoryExamples, ...accountExamples };

/**
 * Gives the main operations their examples.
 *
 * @throws Error when an example belongs to no operation, or to a status or a body that the operation does not have
 */
export function addExamples(document: OpenAPIObject): void {
  const operations = new Map(operationsOf(document).map((operation) => [operation.operationId, operation]));
  for (const [id, { request, responses = {} }] of Object.entries(examples)) {
    const operation = operations.get(id);
    if (!operation) throw new Error(`There is an example of ${id}, which is no operation.`);
    if (request) jsonOf(id, operation.requestBody).examples = request;
    for (const [status, answers] of Object.entries(responses)) {
      jsonOf(`${id} ${status}`, operation.responses[status]).examples = answers;
    }
  }
}

function jsonOf(about: string, part: object | undefined): { examples?: Examples } {
  const json = (part as { content?: Record<string, object> } | undefined)?.content?.['application/json'];
  if (!json) throw new Error(`There is an example of ${about}, where openapi.json has no JSON.`);
  return json;
}
