import { ApiExtension } from '@nestjs/swagger';
import { type Problem, problemCodeList, problemTypes, type ProblemCode } from '#contracts';
import { exampleDetails } from './problem-details.example.js';

/** Where an operation keeps the codes of `ApiProblems` until its responses are described. */
export const PROBLEMS_EXTENSION = 'x-problems';

const text = { type: 'string' } as const;

/** JSON Schema of any problem: what the schema of each code says more exactly. */
const problemSchema = {
  type: 'object' as const,
  description:
    'What was wrong with a request (RFC 9457). Each code is a type of its own: `record_not_found` is `RecordNotFoundProblem`.',
  required: ['type', 'code', 'title', 'status', 'detail', 'message'],
  properties: {
    type: { ...text, format: 'uri-reference', description: 'Address of the page that explains the code.' },
    code: { ...text, enum: [...problemCodeList] },
    title: { ...text, description: 'The same for every occurrence of the code.' },
    status: { type: 'integer' as const },
    detail: { ...text, description: 'What happened this time, and what to do.' },
    message: { ...text, description: 'The same words as detail.' },
    errors: { type: 'object' as const, additionalProperties: text, description: 'Messages by field path.' },
    requestId: { ...text, description: 'Quote it when you report the problem.' },
  },
};

/** What is answered at addresses that the description does not have. */
const ELSEWHERE: readonly ProblemCode[] = ['not_found', 'method_not_allowed'];

/** The schemas of problems by their names in the description of the API: `Problem`, and one for each code. */
export const problemSchemas = {
  Problem: problemSchema,
  ...Object.fromEntries(
    problemCodeList.filter((code) => !ELSEWHERE.includes(code)).map((code) => [schemaNameOf(code), schemaOf(code)]),
  ),
};

function schemaOf(code: ProblemCode) {
  const { status, title } = problemTypes[code];
  return {
    description: `${title}.`,
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      {
        type: 'object' as const,
        required: ['type', 'code', 'title', 'status'],
        properties: {
          type: { ...text, const: `/docs/problems/${code}` },
          code: { ...text, const: code },
          title: { ...text, const: title },
          status: { type: 'integer' as const, const: status },
        },
      },
    ],
    examples: [exampleOf(code)],
  };
}

function exampleOf(code: ProblemCode): Problem {
  const { status, title } = problemTypes[code];
  const detail = exampleDetails[code];
  const field = /^(\w+): (.*)$/.exec(detail);
  return {
    type: `/docs/problems/${code}`,
    code,
    title,
    status,
    detail,
    message: detail,
    ...(field && { errors: { [field[1]!]: field[2]! } }),
    requestId: '018f3c2a-7b1c-7c3e-9f00-0a1b2c3d4e5f',
  };
}

/** `record_not_found` is `RecordNotFoundProblem`. */
function schemaNameOf(code: ProblemCode): string {
  const words = code.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Problem`;
}

/**
 * Describes what `Accept: text/plain` answers, in an extension of the response: as a second media type it would make the
 * type of the answer `object | string` in generated clients, which never ask for it.
 */
export function textForm(pattern: string, example?: string) {
  return { 'x-text-plain': { schema: { ...text, pattern, ...(example !== undefined && { example }) } } };
}

/** The forms that a problem with one of these codes has. */
export function problemForms(codes: readonly ProblemCode[]) {
  const schemas = codes.map((code) => ({ $ref: `#/components/schemas/${schemaNameOf(code)}` }));
  return {
    content: { 'application/problem+json': { schema: schemas.length === 1 ? schemas[0]! : { oneOf: schemas } } },
    ...textForm(`^error (${codes.join('|')})\\n$`),
  };
}

/** Names the problems that a route answers beside those that every route of its kind may. */
export const ApiProblems = (...codes: ProblemCode[]): MethodDecorator => ApiExtension(PROBLEMS_EXTENSION, codes);
