import { type Operation, parametersOf } from './operation.js';

type Answer = Extract<NonNullable<Operation['responses']>[string], { description: string }>;

/** What an answer is called whose route says nothing more of it. */
const USUAL_DESCRIPTIONS: Record<string, string> = {
  200: 'The answer.',
  201: 'The new record.',
  202: 'It has begun.',
  204: 'It is done. There is no body.',
};

const totals = {
  'Content-Range': {
    description:
      'What stands on this page: first row, last row and the total, or `*` in place of the rows when there are none.',
    schema: { type: 'string' as const, pattern: '^[a-z-]+ ([0-9]+-[0-9]+|\\*)/[0-9]+$' },
    example: 'phone-numbers 0-24/319',
  },
  'X-Total-Count': {
    description: 'How many records the filter finds, on all pages.',
    schema: { type: 'integer' as const, minimum: 0 },
    example: 319,
  },
};

/** Describes the headers of lists, and every answer that has no description. */
export function describeAnswers(operation: Operation): void {
  const isList = parametersOf(operation, 'query').some(({ name }) => name === 'range');
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (!isAnswer(answer)) continue;
    if (answer.description === '') answer.description = isList ? 'One page of the list.' : USUAL_DESCRIPTIONS[status]!;
    if (isList && status === '200') answer.headers = { ...totals, ...answer.headers };
  }
}

function isAnswer(answer: object | undefined): answer is Answer {
  return answer !== undefined && 'description' in answer && !('$ref' in answer);
}
