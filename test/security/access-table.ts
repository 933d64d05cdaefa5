import { readFileSync } from 'node:fs';
import type { Side } from './records.js';

const FILE = 'test/security/access-table.md';

/** Who calls. What each column stands for is told in the table's file; `callers.ts` makes them. */
export const columns = [
  'anonymous',
  'ended',
  'astray',
  'owner',
  'admin',
  'manager',
  'agent',
  'limited',
  'platform',
  'key',
  'keyless',
  'other admin',
  'other key',
] as const;
export type Column = (typeof columns)[number];

/** `ok` is any 2xx. */
export type Expectation = 'ok' | `${number}`;

/** What the caller gets for records of its own, and for others of the same organization. */
export type Expectations = Record<Side, Expectation>;

export interface Row {
  operation: string;
  /** Which record the path names (`records.ts`); null for a path without one. */
  record: string | null;
  expected: Record<Column, Expectations>;
}

/** @throws Error that says what is wrong with the table, and where */
export function readAccessTable(text = readFileSync(FILE, 'utf8')): Map<string, Row> {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const [header = [], , ...rows] = lines.map(cellsOf);
  const expectedHeader = ['operation', 'record', ...columns];
  if (header.join() !== expectedHeader.join()) {
    throw new Error(`${FILE}: the columns must be ${expectedHeader.join(', ')}`);
  }
  const table = new Map<string, Row>();
  for (const [operation = '', record = '', ...expectations] of rows) {
    if (table.has(operation)) throw new Error(`${FILE}: there are two rows for ${operation}`);
    if (expectations.length !== columns.length) throw new Error(`${FILE}: ${operation} has not one cell a column`);
    const expected = columns.map((column, index) => [column, expectationsOf(expectations[index]!, operation, column)]);
    table.set(operation, {
      operation,
      record: record === '' ? null : record,
      expected: Object.fromEntries(expected) as Row['expected'],
    });
  }
  return table;
}

function expectationsOf(cell: string, operation: string, column: Column): Expectations {
  if (!/^(ok|4\d\d)(\/(ok|4\d\d))?$/.test(cell)) {
    throw new Error(`${FILE}: ${operation}, ${column}: "${cell}" must be ok, a status 4xx, or two of them: ok/404`);
  }
  const [own, other = own] = cell.split('/') as Expectation[];
  return { own: own!, other: other! };
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('`', '').trim());
}

/** What to do about an operation that the table does not know. */
export function missingRow(operation: string): string {
  return (
    `${FILE} has no row for ${operation}. Add one: which record its path names, and for each caller ok or the status of ` +
    'the refusal. When the example of its body in openapi.json is not enough, add one to test/security/requests.ts.'
  );
}
