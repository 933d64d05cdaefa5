import { isOfKind, type ValueKind, wrongKind } from '../fields/value-kinds.js';
import { ProblemError } from '../problems/problem.error.js';
import type { ListQuery } from './list-query.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_TEXT = 200;
const MAX_IDS = 1_000;

/** The ids that `filter.id` names, one or many; undefined when the list is not bound to ids. */
export function idsOf({ filter }: ListQuery): string[] | undefined {
  const given = filter['id'];
  return given === undefined ? undefined : ([given].flat() as string[]);
}

/** @throws ProblemError validation_failed when it is no text, or longer than 200 characters; empty text filters nothing */
export function textOf({ filter }: ListQuery, name: string): string | undefined {
  const given = filter[name];
  if (given === undefined || given === null || given === '') return undefined;
  const text = ofKind(name, 'text', given) as string;
  if (text.length > MAX_TEXT) fail(name, `must be text of at most ${MAX_TEXT} characters`);
  return text;
}

/** @throws ProblemError validation_failed when it is not one of the values */
export function oneOf<T extends string>({ filter }: ListQuery, name: string, values: readonly T[]): T | undefined {
  const given = filter[name];
  if (given === undefined || given === null || given === '') return undefined;
  if (!values.includes(ofKind(name, 'text', given) as T)) fail(name, `must be one of ${values.join(', ')}`);
  return given as T;
}

/** One of the values or a list of some. @throws ProblemError validation_failed when one of them is no such value */
export function someOf<T extends string>({ filter }: ListQuery, name: string, values: readonly T[]): T[] | undefined {
  const given = filter[name];
  if (given === undefined || given === null || given === '') return undefined;
  const chosen: unknown[] = [given].flat();
  for (const value of chosen) ofKind(name, 'text', value);
  if (chosen.some((value) => !values.includes(value as T))) fail(name, `must be one or some of ${values.join(', ')}`);
  return chosen as T[];
}

/** @throws ProblemError validation_failed when it is no UUID */
export function uuidOf({ filter }: ListQuery, name: string): string | undefined {
  const given = filter[name];
  if (given === undefined || given === null || given === '') return undefined;
  const id = ofKind(name, 'text', given) as string;
  if (!UUID.test(id)) fail(name, 'must be a UUID');
  return id;
}

/** One UUID or a list of up to 1,000. @throws ProblemError validation_failed when one of them is no UUID */
export function uuidsOf({ filter }: ListQuery, name: string): string[] | undefined {
  const given = filter[name];
  if (given === undefined || given === null || given === '') return undefined;
  const ids = ([given].flat() as unknown[]).map((id) => ofKind(name, 'text', id) as string);
  if (ids.length > MAX_IDS || !ids.every((id) => UUID.test(id))) {
    fail(name, `must be a UUID or a list of at most ${MAX_IDS.toLocaleString('en')}`);
  }
  return ids;
}

/** @throws ProblemError validation_failed when it is neither true nor false */
export function flagOf({ filter }: ListQuery, name: string): boolean | undefined {
  const given = filter[name];
  if (given === undefined || given === null || given === '') return undefined;
  return ofKind(name, 'true or false', given) as boolean;
}

function ofKind(name: string, kind: ValueKind, value: unknown): unknown {
  return isOfKind(value, kind) ? value : fail(name, wrongKind(kind, value));
}

function fail(name: string, message: string): never {
  throw new ProblemError('validation_failed', `filter.${name}: ${message}`, {
    errors: { [`filter.${name}`]: message },
  });
}
