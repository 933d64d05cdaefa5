import { ProblemError } from '../problems/problem.error.js';
import { measureJson, repeatedField } from './json-bounds.js';
import { refuseUnstorable } from './unstorable-text.js';

/** No field names in messages are longer: the client that sent a name knows it. */
const MAX_SHOWN_NAME = 200;

/**
 * Reads JSON that a client sent. Its cost grows with its length and with nothing else, and what comes out is what the
 * client said: no field stands in it twice (a parser keeps the last one, another reader of the same text perhaps the
 * first), none reaches into prototypes, and every text can be stored.
 *
 * @throws SyntaxError when it is no JSON
 * @throws ProblemError validation_failed or malformed_request when it is JSON that nothing here takes
 */
export function readJson(text: string): unknown {
  const { fields, hasEscapes } = measureJson(text);
  const value: unknown = JSON.parse(text);
  if (value === null || typeof value !== 'object') {
    if (hasEscapes) refuseUnstorable(value, '');
    return value;
  }
  // An object of JavaScript has each field once, so a repetition shows in the count.
  if (countFields(value) !== fields) refuseRepetition(text);
  if (hasEscapes) refuseUnstorable(value, '');
  return value;
}

/**
 * Reads a parameter of the query that is JSON, with the same bounds.
 *
 * @throws ProblemError validation_failed, naming the parameter
 */
export function readJsonParameter(name: string, text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    const message = error instanceof ProblemError ? error.detail : 'must be JSON';
    throw new ProblemError('validation_failed', `${name}: ${message}`, { errors: { [name]: message } });
  }
}

/** @throws ProblemError malformed_request for a name that changes what an object is, wherever it stands */
function countFields(value: object): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) if (typeof item === 'object' && item !== null) count += countFields(item);
    return count;
  }
  for (const name in value) {
    count += 1;
    const item = (value as Record<string, unknown>)[name];
    if (name === '__proto__' || (name === 'constructor' && hasPrototype(item))) refuseName(name);
    if (typeof item === 'object' && item !== null) count += countFields(item);
  }
  return count;
}

function hasPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

function refuseName(name: string): never {
  throw new ProblemError('malformed_request', `No field can be called ${name}. Leave it out.`);
}

function refuseRepetition(text: string): never {
  const field = repeatedField(text)?.slice(0, MAX_SHOWN_NAME) || 'body';
  const message = 'is there twice; send it once';
  throw new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: message } });
}
