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

interface ProblemResponse {
  description: string;
  content: Record<string, { schema: { $ref: string } }>;
}

/** The answers that any operation may give beside the ones that it declares itself. */
export function problemResponses(declared: string[]): Record<string, ProblemResponse> {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const usual = {
    '4XX': 'The request was refused.',
    '5XX': 'The request could not be served; the same may succeed later.',
  };
  return Object.fromEntries(
    Object.entries(usual)
      .filter(([status]) => !declared.includes(status))
      .map(([status, description]) => [status, { description, content }]),
  );
}
