import { problemCodeList } from '#contracts';

const text = { type: 'string' } as const;

/** JSON Schema of `Problem` for the description of the API. */
export const problemSchema = {
  type: 'object' as const,
  required: ['type', 'code', 'title', 'status', 'detail', 'message'],
  properties: {
    type: { ...text, description: 'Address of the page that explains the code.' },
    code: { ...text, enum: [...problemCodeList] },
    title: { ...text, description: 'The same for every occurrence of the code.' },
    status: { type: 'integer' as const },
    detail: { ...text, description: 'What happened this time, and what to do.' },
    message: { ...text, description: 'The same words as detail.' },
    errors: { type: 'object' as const, additionalProperties: text, description: 'Messages by field path.' },
    requestId: { ...text, description: 'Quote it when you report the problem.' },
  },
};

/** The two forms of a problem: the line is for clients that prefer text. */
export const problemContent = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  'text/plain': { schema: { ...text, pattern: '^error [a-z_]+\\n$', description: 'The code, in one line.' } },
};

/** Documents a problem that passes: what to do about it, and when. */
export function problemThatPasses(description: string) {
  const headers = {
    'Retry-After': {
      description: 'How long to wait before the same request is sent again, in whole seconds.',
      schema: { type: 'integer' as const, minimum: 1, example: 1 },
    },
  };
  return { description, headers, content: problemContent };
}

/** The answers that any operation may give beside the ones that it declares itself. */
export const problemResponses = {
  Refused: { description: 'The request was refused.', content: problemContent },
  InvalidBody: {
    description: 'The body cannot be read, or has fields that are wrong, unknown or there twice.',
    content: problemContent,
  },
  TooLarge: { description: 'The body is larger than this address takes.', content: problemContent },
  NotServed: {
    description: 'The request could not be served; the same may succeed later.',
    content: problemContent,
  },
};

export const problemResponseOf: Record<string, { $ref: string }> = {
  '4XX': { $ref: '#/components/responses/Refused' },
  '5XX': { $ref: '#/components/responses/NotServed' },
};
