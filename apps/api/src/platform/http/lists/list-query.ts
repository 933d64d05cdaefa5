import { readJsonParameter } from '../bodies/json-reader.js';
import { kindInWords } from '../fields/value-kinds.js';
import { ProblemError } from '../problems/problem.error.js';

/** A list request in the dialect of ra-data-simple-rest: `filter`, `range` and `sort` are JSON in the query string. */
export interface ListQuery {
  filter: Record<string, unknown>;
  /** Rows to skip. */
  offset: number;
  /** Most rows to answer. */
  limit: number;
  sort: { field: string; direction: 'asc' | 'desc' };
}

interface ListRules {
  sortable: readonly string[];
  filterable: readonly string[];
  defaultSort: ListQuery['sort'];
}

export interface Page<T> {
  items: T[];
  total: number;
  /** False when the list is longer than was counted; left out, the total is exact. */
  totalIsExact?: boolean;
}

const DEFAULT_PAGE = 25;
const MAX_PAGE = 1_000;
/** What every list can be sorted by: react-admin asks for it where a screen says nothing. Ids are UUIDv7, so it is the order of age. */
const ALWAYS_SORTABLE = 'id';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Reads and checks a list request. `filter={"id":[…]}` asks for those records, unpaginated.
 *
 * @throws ProblemError validation_failed, naming the parameter, what is wrong with it and what it takes
 */
export function parseListQuery(query: Record<string, unknown>, rules: ListRules): ListQuery {
  refuseUnknown(query);
  const filter = parseFilter(query['filter'], rules.filterable);
  const { offset, limit } = Array.isArray(filter['id'])
    ? { offset: 0, limit: filter['id'].length }
    : parseRange(query['range']);
  return { filter, offset, limit, sort: parseSort(query['sort'], rules) };
}

function refuseUnknown(query: Record<string, unknown>): void {
  for (const name of Object.keys(query)) {
    if (!['filter', 'range', 'sort'].includes(name))
      fail(name, `unknown parameter; a list takes filter, range and sort`);
  }
}

function parseFilter(text: unknown, filterable: readonly string[]): Record<string, unknown> {
  if (text === undefined) return {};
  const value = parseJson('filter', text);
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    fail('filter', `must be a JSON object; got ${kindInWords(value)}`);
  for (const [name, given] of Object.entries(value)) {
    if (name === 'id') {
      const ids: unknown[] = Array.isArray(given) ? given : [given];
      if (ids.length > MAX_PAGE) fail('filter.id', `must name at most ${MAX_PAGE.toLocaleString('en')} records`);
      if (!ids.every((id) => typeof id === 'string' && UUID.test(id))) fail('filter.id', 'must be a list of UUIDs');
    } else if (!filterable.includes(name)) {
      fail(`filter.${name}`, `cannot be filtered by; use one of id, ${filterable.join(', ')}`);
    }
  }
  return value as Record<string, unknown>;
}

function parseRange(text: unknown): { offset: number; limit: number } {
  if (text === undefined) return { offset: 0, limit: DEFAULT_PAGE };
  const value = parseJson('range', text);
  if (!Array.isArray(value))
    fail('range', `must be a list [first,last], for example [0,24]; got ${kindInWords(value)}`);
  const [first, last] = value as unknown[];
  const isIndex = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) < 2 ** 31;
  if (!isIndex(first) || !isIndex(last) || last < first) fail('range', 'must be [first,last], for example [0,24]');
  if (last - first + 1 > MAX_PAGE) fail('range', `must span at most ${MAX_PAGE.toLocaleString('en')} rows`);
  return { offset: first, limit: last - first + 1 };
}

function parseSort(text: unknown, rules: ListRules): ListQuery['sort'] {
  if (text === undefined) return rules.defaultSort;
  const value = parseJson('sort', text);
  if (!Array.isArray(value)) fail('sort', `must be a list [field,"ASC"|"DESC"]; got ${kindInWords(value)}`);
  const [field, direction] = value as unknown[];
  const lower = typeof direction === 'string' ? direction.toLowerCase() : '';
  const sortable = [ALWAYS_SORTABLE, ...rules.sortable];
  if (typeof field !== 'string' || !sortable.includes(field) || (lower !== 'asc' && lower !== 'desc')) {
    fail('sort', `must be [field,"ASC"|"DESC"] with a field out of ${sortable.join(', ')}`);
  }
  return { field, direction: lower };
}

function parseJson(name: string, text: unknown): unknown {
  return typeof text === 'string' ? readJsonParameter(name, text) : fail(name, 'must be given once, as JSON');
}

function fail(field: string, message: string): never {
  throw new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: message } });
}
