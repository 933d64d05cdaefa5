import { IS_REQUIRED, isOfKind, kindInWords, wrongKind } from '../../../platform/http/fields/value-kinds.js';
import { parsePhoneNumber } from '#phone';
import { charactersOf } from '../../../platform/http/fields/characters-between.js';
import { UNREADABLE } from '../../../platform/http/fields/readable-text.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';

/** One call to decide, as it comes in over HTTP, checked for shape but not for permission. */
export interface CallRequest {
  agentId: string | null;
  /** Trimmed, as external ids are stored. Never beside `agentId`. */
  agentExternalId: string | null;
  assignmentId: string | null;
  /** E.164 number to call from, one of the agent's, however it was spelled. */
  from: string | null;
  /** As the dialer sent it, at most 64 characters. */
  destination: string;
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; errors: Record<string, string> };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const E164 = /^\+[1-9][0-9]{5,14}$/;
const CALLERS = ['agentId', 'agentExternalId', 'assignmentId'];
const FIELDS = new Set(['agentId', 'agentExternalId', 'assignmentId', 'from', 'destination']);
export const MAX_DESTINATION_LENGTH = 64;
export const MAX_EXTERNAL_ID_LENGTH = 200;

/**
 * Checks the body of an authorization request by hand: this runs before every call, and a decorated class costs more
 * than the rest of the request together.
 */
export function parseCallRequest(body: unknown): Parsed<CallRequest> {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    const message = `must be a JSON object with agentId, agentExternalId or assignmentId, and destination; got ${kindInWords(body)}`;
    return { ok: false, errors: { body: message } };
  }
  const given = body as Record<string, unknown>;
  const errors = Object.create(null) as Record<string, string>;
  for (const name in given) {
    if (!FIELDS.has(name)) errors[name] = 'is not a field of this request';
  }
  const agentId = optional(given['agentId'], UUID, 'agentId', 'must be a UUID', errors);
  const assignmentId = optional(given['assignmentId'], UUID, 'assignmentId', 'must be a UUID', errors);
  const agentExternalId = externalIdOf(given['agentExternalId'], errors);
  const from = callingNumberOf(given['from'], errors);
  const destination = given['destination'];
  if (destination === undefined) errors['destination'] = IS_REQUIRED;
  else if (typeof destination !== 'string') errors['destination'] = wrongKind('text', destination);
  else if (destination.length === 0) {
    errors['destination'] = 'must be a phone number in E.164 form, such as +14165550123';
  } else if (destination.length > MAX_DESTINATION_LENGTH || destination.includes('\0')) {
    errors['destination'] = `must have at most ${MAX_DESTINATION_LENGTH} characters and no NUL`;
  }
  if (agentExternalId !== null && agentId !== null) {
    errors['agentExternalId'] = 'must not stand beside agentId: name the agent by one of the two';
  }
  if (agentId === null && agentExternalId === null && assignmentId === null && !CALLERS.some((name) => errors[name])) {
    errors['agentId'] = 'say who calls: agentId, agentExternalId or assignmentId is required';
  }
  for (const _ in errors) return { ok: false, errors };
  return { ok: true, value: { agentId, agentExternalId, assignmentId, from, destination: destination as string } };
}

/** One call of a batch, with the key under which it may be asked for again. */
export interface BatchCall {
  call: CallRequest;
  idempotencyKey: string | null;
}

export const MAX_BATCH_CALLS = 500;

/** Checks the body of a batch; the errors name the call, as `calls[3].destination`. */
export function parseBatchRequest(body: unknown): Parsed<BatchCall[]> {
  const given = body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {};
  const { calls, ...others } = given;
  if (calls === undefined) return { ok: false, errors: { calls: IS_REQUIRED } };
  if (!Array.isArray(calls)) return { ok: false, errors: { calls: wrongKind('a list', calls) } };
  if (calls.length < 1 || calls.length > MAX_BATCH_CALLS) {
    return { ok: false, errors: { calls: `must be an array of 1 to ${MAX_BATCH_CALLS} calls` } };
  }
  const errors = Object.create(null) as Record<string, string>;
  for (const name in others) errors[name] = 'is not a field of this request';
  const parsed = calls.map((call, index) => parseBatchCall(call, `calls[${index}]`, errors));
  for (const _ in errors) return { ok: false, errors };
  return { ok: true, value: parsed as BatchCall[] };
}

function parseBatchCall(given: unknown, name: string, errors: Record<string, string>): BatchCall | null {
  if (!isOfKind(given, 'an object')) {
    errors[name] = wrongKind('an object', given);
    return null;
  }
  const { idempotencyKey, ...request } = given as Record<string, unknown>;
  const call = parseCallRequest(request);
  const key = parseIdempotencyKey(typeof idempotencyKey === 'string' ? idempotencyKey : undefined);
  if (!call.ok) for (const field in call.errors) errors[`${name}.${field}`] = call.errors[field]!;
  if (idempotencyKey !== undefined && typeof idempotencyKey !== 'string') {
    errors[`${name}.idempotencyKey`] = wrongKind('text', idempotencyKey);
  } else if (!key.ok) {
    errors[`${name}.idempotencyKey`] = `must be a string of 1 to ${MAX_KEY_LENGTH} printable ASCII characters`;
  }
  return call.ok && key.ok ? { call: call.value, idempotencyKey: key.value } : null;
}

function externalIdOf(value: unknown, errors: Record<string, string>): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') {
    errors['agentExternalId'] = wrongKind('text', value);
    return null;
  }
  const trimmed = value.trim();
  const length = charactersOf(trimmed);
  if (length >= 1 && length <= MAX_EXTERNAL_ID_LENGTH && !UNREADABLE.test(trimmed)) return trimmed;
  errors['agentExternalId'] =
    `must have 1 to ${MAX_EXTERNAL_ID_LENGTH} characters, and no control characters or any that could not be decoded`;
  return null;
}

/** The number by its digits. What would have to be mended first is refused: the gate never mends (ADR 26). */
function callingNumberOf(value: unknown, errors: Record<string, string>): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') {
    errors['from'] = wrongKind('text', value);
    return null;
  }
  if (E164.test(value)) return value;
  const parsed = parsePhoneNumber(value);
  if (parsed.ok && !parsed.withoutTrunkPrefix) return parsed.e164;
  const why = parsed.ok
    ? `The 0 in parentheses is dialed at home only. Write ${parsed.e164} if that is the number.`
    : parsed.message;
  errors['from'] = `must be a number with + and country code, such as +12025550123. ${why}`;
  return null;
}

function optional(
  value: unknown,
  pattern: RegExp,
  name: string,
  message: string,
  errors: Record<string, string>,
): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && pattern.test(value)) return value;
  errors[name] = typeof value === 'string' ? message : wrongKind('text', value);
  return null;
}

export const MAX_KEY_LENGTH = 255;

/**
 * Reads the Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header): a quoted structured-field string, or
 * bare as most clients send it. Two headers arrive as one value with a comma (RFC 9110, section 5.3), so that a bare key has
 * none: a proxy that doubles the header would turn a retry into another call.
 */
export function parseIdempotencyKey(header: string | string[] | undefined): Parsed<string | null> {
  if (header === undefined) return { ok: true, value: null };
  const text = typeof header === 'string' ? header.trim() : '';
  const key = text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  const isTwo = key === text ? key.includes(',') : key.includes('"');
  if (key.length < 1 || key.length > MAX_KEY_LENGTH || isTwo || !/^[\x20-\x7e]+$/.test(key)) {
    const message = `must be given once, with 1 to ${MAX_KEY_LENGTH} printable ASCII characters, in quotes if there is a comma`;
    return { ok: false, errors: { 'Idempotency-Key': message } };
  }
  return { ok: true, value: key };
}

/** Refuses the header of a batch: it would look as if the batch were decided once, and each retry would count all calls. */
export function parseNoIdempotencyKey(header: string | string[] | undefined): Parsed<null> {
  if (header === undefined) return { ok: true, value: null };
  const message = 'belongs to a single call: give each call of the batch an idempotencyKey of its own';
  return { ok: false, errors: { 'Idempotency-Key': message } };
}

/**
 * Reads the query of an authorization: nothing, or `statusOnDeny=403` for scripts that look at the status only.
 *
 * @returns the HTTP status of a denial
 */
export function parseAuthorizeQuery(query: unknown): Parsed<200 | 403> {
  for (const _ in query as object) {
    const { statusOnDeny, ...others } = query as Record<string, unknown>;
    const errors = unknownParameters(others);
    if (statusOnDeny !== undefined && statusOnDeny !== '403') {
      errors['statusOnDeny'] = 'must be 403, or left out: then a denial answers 200';
    }
    return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, value: 403 };
  }
  return { ok: true, value: 200 };
}

/** For routes that take no query: a misspelt parameter is refused, as an unknown field of the body is. */
export function parseNoQuery(query: unknown): Parsed<null> {
  const errors = unknownParameters(query as Record<string, unknown>);
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, value: null };
}

function unknownParameters(query: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.keys(query).map((name) => [name, 'is not a parameter of this request']));
}

/** @throws ProblemError validation_failed, with the message of every field that is wrong */
export function valueOrThrow<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const [field, message] = Object.entries(parsed.errors)[0]!;
  throw new ProblemError('validation_failed', `${field} ${message}`, { errors: parsed.errors });
}
