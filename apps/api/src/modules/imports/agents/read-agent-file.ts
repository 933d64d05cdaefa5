import { type AgentKind, agentKinds, type AgentStatus, agentStatuses } from '#contracts';
import { charactersOf } from '../../../platform/http/fields/characters-between.js';
import { UNREADABLE } from '../../../platform/http/fields/readable-text.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { ListedAgent } from '../../agents/agents.public.js';
import { type CsvRecord, CsvReader } from '../read/csv-reader.js';

export const MAX_AGENTS = 1_000;
const agentColumns = ['name', 'externalId', 'kind', 'status'] as const;
type AgentColumn = (typeof agentColumns)[number];

/** An agent of the file, and the line where it stands. */
export interface AgentLine extends ListedAgent {
  line: number;
}

const DELIMITERS = [',', ';', '\t', '|'];
const MAX_LENGTH = 200;
const MAX_FAULTS = 100;
const COLUMNS = `The columns are ${agentColumns.join(', ')}, in any order; name has to be there.`;

/**
 * Reads a file of agents: CSV in UTF-8, with a header line.
 *
 * @throws ProblemError csv_invalid when there is no header to read it by, no agent or too many; validation_failed with the
 * message of every value that is wrong, by line and column
 */
export function readAgentFile(text: string): AgentLine[] {
  const plain = text.replace(/\r\n?/g, '\n');
  const headerLine = plain.split('\n').find((line) => line.trim() !== '') ?? '';
  const delimiter = DELIMITERS.find((one) => headerLine.includes(one)) ?? ',';
  const records = [...new CsvReader(delimiter).read(plain, true)].filter(({ cells }) =>
    cells.some((c) => c.trim() !== ''),
  );
  const [header, ...rows] = records;
  const columns = columnsOf(header?.cells ?? []);
  if (rows.length === 0) throw invalid('There is no agent in the file, only its header line.');
  if (rows.length > MAX_AGENTS) throw invalid(`There are more than ${MAX_AGENTS} agents in the file. Split it.`);
  const errors: Record<string, string> = {};
  const refuse = (line: number, column: AgentColumn | null, message: string) => {
    errors[column === null ? `line ${line}` : `line ${line}: ${column}`] ??= message;
  };
  const agents = rows.map((record) => agentOf(record, columns, refuse));
  refuseRepeated(agents, refuse);
  throwFaults(errors);
  return agents;
}

/** @throws ProblemError validation_failed when there are any */
export function throwFaults(errors: Record<string, string>): void {
  const faults = Object.entries(errors);
  if (faults.length === 0) return;
  const [where, message] = faults[0]!;
  const more = faults.length > 1 ? ` ${faults.length - 1} more are wrong.` : '';
  throw new ProblemError('validation_failed', `${where} ${message}. No agent of the file was taken.${more}`, {
    errors: Object.fromEntries(faults.slice(0, MAX_FAULTS)),
  });
}

type Refuse = (line: number, column: AgentColumn | null, message: string) => void;

function columnsOf(cells: readonly string[]): AgentColumn[] {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_-]/g, '');
  const columns = cells.map((cell) => {
    const column = agentColumns.find((one) => plain(one) === plain(cell));
    if (column === undefined)
      throw invalid(`The first line has '${cell.trim().slice(0, 50)}', which is no column. ${COLUMNS}`);
    return column;
  });
  if (new Set(columns).size < columns.length) throw invalid(`The first line has a column twice. ${COLUMNS}`);
  if (!columns.includes('name')) throw invalid(`The first line has no column name. ${COLUMNS}`);
  return columns;
}

function agentOf({ line, cells, fault }: CsvRecord, columns: readonly AgentColumn[], refuse: Refuse): AgentLine {
  if (fault !== null) refuse(line, null, fault === 'quote_open' ? 'has a quote that is not closed' : 'is too long');
  if (cells.slice(columns.length).some((cell) => cell.trim() !== ''))
    refuse(line, null, 'has more values than columns');
  const value = (column: AgentColumn) => {
    const text = (cells[columns.indexOf(column)] ?? '').trim();
    if (UNREADABLE.test(text) || text.includes('\n')) {
      refuse(line, column, 'must be one line, and have no control characters or any that could not be decoded');
    } else if (charactersOf(text) > MAX_LENGTH) refuse(line, column, `must have at most ${MAX_LENGTH} characters`);
    return text === '' ? undefined : text;
  };
  const oneOf = <Word extends string>(column: AgentColumn, words: readonly Word[]) => {
    const text = value(column)?.toLowerCase();
    const word = words.find((one) => one === text);
    if (text !== undefined && word === undefined) refuse(line, column, `must be ${words.join(' or ')}`);
    return word;
  };
  const name = value('name');
  if (name === undefined) refuse(line, 'name', 'is missing');
  const kind = oneOf<AgentKind>('kind', agentKinds);
  const status = oneOf<AgentStatus>('status', agentStatuses);
  return { line, name: name ?? '', externalId: value('externalId'), kind, status };
}

function refuseRepeated(agents: readonly AgentLine[], refuse: Refuse): void {
  const seen = new Map<string, number>();
  const once = (line: number, column: AgentColumn, value: string | undefined) => {
    if (!value) return;
    const key = JSON.stringify([column, value]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, line);
    else refuse(line, column, `stands in line ${first} already`);
  };
  for (const { line, name, externalId } of agents) {
    once(line, 'name', name.toLowerCase());
    once(line, 'externalId', externalId);
  }
}

function invalid(detail: string): ProblemError {
  return new ProblemError('csv_invalid', detail);
}
