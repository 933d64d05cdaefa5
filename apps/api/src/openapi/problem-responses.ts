import type { OpenAPIObject } from '@nestjs/swagger';
import { type ProblemCode, problemTypes } from '#contracts';
import { BODY_BYTES, BODY_LIMIT_EXTENSION } from '../platform/http/bodies/bodies.js';
import { problemForms, PROBLEMS_EXTENSION } from '../platform/http/problems/problem.schema.js';
import { bodyTypesOf, type Operation, parametersOf } from './operation.js';

type Responses = NonNullable<NonNullable<OpenAPIObject['components']>['responses']>;

type Headers = Extract<Responses[string], { description: string }>['headers'] & object;

/** A response that several operations share, and the codes that it stands for. */
interface Shared {
  name: string;
  description: string;
  codes: readonly ProblemCode[];
}

const challenge = {
  'WWW-Authenticate': {
    description:
      'How to say who you are: `Bearer realm="ringfence"`, and from the call gate `Basic realm="ringfence"` in a header of its ' +
      'own, unless the request comes from a page (it has an `Origin`).',
    schema: { type: 'string' as const },
    example: 'Bearer realm="ringfence"',
  },
};

const wait = {
  'Retry-After': {
    description:
      'Seconds to wait before the same request is sent again, with the same `Idempotency-Key` where it had one.',
    schema: { type: 'integer' as const, minimum: 1 },
    example: 1,
  },
};

const HEADERS: Partial<Record<ProblemCode, typeof challenge | typeof wait>> = {
  authentication_required: challenge,
  too_many_requests: wait,
  service_unavailable: wait,
  gate_unavailable: wait,
};

const shared: readonly Shared[] = [
  {
    name: 'InvalidInput',
    description: 'A parameter is wrong, unknown or there twice.',
    codes: ['validation_failed'],
  },
  {
    name: 'InvalidBody',
    description: 'The body cannot be read, or has fields that are wrong, unknown or there twice.',
    codes: ['validation_failed', 'malformed_request'],
  },
  {
    name: 'Unauthenticated',
    description: 'The request does not say who sends it, or its credentials are not valid.',
    codes: ['authentication_required'],
  },
  {
    name: 'Forbidden',
    description: 'The credentials do not permit this.',
    codes: ['permission_denied'],
  },
  {
    name: 'NoSuchRecord',
    description: 'There is no such record, or it is one that you may not see.',
    codes: ['record_not_found'],
  },
  {
    name: 'TooSlow',
    description: 'The body took too long to arrive.',
    codes: ['request_timeout'],
  },
  {
    name: 'TooLarge',
    description: 'The body is larger than this address takes.',
    codes: ['payload_too_large'],
  },
  {
    name: 'UnsupportedMediaType',
    description: 'This address does not take bodies of this content type.',
    codes: ['unsupported_media_type'],
  },
  {
    name: 'TooManyRequests',
    description: 'Too much at once, or too often.',
    codes: ['too_many_requests'],
  },
  {
    name: 'Failed',
    description: 'Something went wrong on the side of the server.',
    codes: ['internal_error'],
  },
  {
    name: 'Unavailable',
    description: 'The request cannot be served right now. Nothing was done.',
    codes: ['service_unavailable'],
  },
  {
    name: 'GateUnavailable',
    description: 'The call gate cannot say right now: do not dial, wait, and ask again with the same key.',
    codes: ['gate_unavailable'],
  },
];

const any = { $ref: '#/components/schemas/Problem' };

/** The answers that operations share, for the components of the description. */
export const sharedResponses: Responses = {
  ...Object.fromEntries(shared.map(({ name, description, codes }) => [name, responseOf(description, codes)])),
  Refused: {
    description: 'The request was refused for another reason.',
    content: { 'application/problem+json': { schema: any } },
  },
  NotServed: {
    description: 'The request was not served for another reason; the same may succeed later.',
    content: { 'application/problem+json': { schema: any } },
  },
};

const ref = (name: string) => ({ $ref: `#/components/responses/${name}` });

/** The problems that an operation may answer: what follows from its kind, and what its route names in `ApiProblems`. */
export function problemResponsesOf(operation: Operation): NonNullable<Operation['responses']> {
  const named = (operation[PROBLEMS_EXTENSION] ?? []) as ProblemCode[];
  // At the gate `gate_unavailable` stands for whatever keeps it from answering.
  const usual = usualCodesOf(operation).filter(
    (code) => code !== 'service_unavailable' || !named.includes('gate_unavailable'),
  );
  const codes = [...new Set([...usual, ...named])];
  const statuses = [...new Set(codes.map((code) => problemTypes[code].status))];
  const responses = statuses.map((status) => {
    const ofStatus = codes.filter((code) => problemTypes[code].status === status);
    return [status, responseOfStatus(operation, ofStatus)] as const;
  });
  return { ...Object.fromEntries(responses), '4XX': ref('Refused'), '5XX': ref('NotServed') };
}

const BODY_CODES = ['malformed_request', 'request_timeout', 'payload_too_large', 'unsupported_media_type'] as const;

function usualCodesOf(operation: Operation): ProblemCode[] {
  const takesBody = bodyTypesOf(operation).length > 0;
  const namesRecord = parametersOf(operation, 'path').length > 0;
  const takesParameters = namesRecord || parametersOf(operation, 'query').length > 0;
  return [
    ...(takesParameters || takesBody ? (['validation_failed'] as const) : []),
    ...(takesBody ? BODY_CODES : []),
    ...(typeof operation['x-permission'] === 'string'
      ? (['authentication_required', 'permission_denied'] as const)
      : []),
    ...(namesRecord ? (['record_not_found'] as const) : []),
    'too_many_requests',
    'internal_error',
    'service_unavailable',
  ];
}

function responseOfStatus(operation: Operation, codes: readonly ProblemCode[]) {
  const same = shared.find(
    (one) => one.codes.length === codes.length && one.codes.every((code) => codes.includes(code)),
  );
  if (same?.name === 'TooLarge' && bodyTypesOf(operation).includes('application/json')) {
    const bytes = Number(operation[BODY_LIMIT_EXTENSION] ?? BODY_BYTES.record).toLocaleString('en');
    return { ...ref('TooLarge'), description: `The body is larger than ${bytes} bytes.` };
  }
  return same ? ref(same.name) : responseOf(codes.map((code) => `${problemTypes[code].title}.`).join(' '), codes);
}

function responseOf(description: string, codes: readonly ProblemCode[]): Responses[string] {
  const headers = codes.reduce<Headers>((all, code) => ({ ...all, ...HEADERS[code] }), {});
  return { description, ...(Object.keys(headers).length > 0 && { headers }), ...problemForms(codes) };
}
