import {
  type ColumnMapping,
  columnsNeededTo,
  columnsWithoutHeader,
  type ImportOperation,
  isReadTo,
  isUploadRow,
  type PhoneNumberProvider,
  providerOfHeader,
  readUploadHeaderTo,
  type UploadColumn,
  type UploadHeaderColumn,
} from '#contracts';
import { uploadColumnLabels } from '../../shared/labels';
import type { UploadHead } from './uploadHead';

/** What people chose for columns, by the names in the header; null leaves a column out. */
export type ColumnChoices = ReadonlyMap<string, UploadColumn | null>;

export interface LaidOutColumn {
  name: string;
  /** The first value that stands in it. */
  example: string;
  /** What the API reads it as by itself. */
  recognized: UploadColumn | null;
  /** What it will be read as; null when it is left out. */
  column: UploadColumn | null;
  /** Always left out: it tells what was wrong, in a file of errors that is sent again. */
  isReport: boolean;
  /** It may say what can be called, and is left out only when people say so. */
  isOpen: boolean;
}

export interface UploadLayout {
  hasHeader: boolean;
  columns: LaidOutColumn[];
  /** Whether some column is left out, or some column is missing, unless people say more than the header does. */
  needsChoices: boolean;
  /** What the API would refuse the upload for. */
  problems: string[];
  /** Undefined when the API reads the header that way by itself. */
  mapping: ColumnMapping | undefined;
  /** Whose export it is, by its header; null when that says nothing, or the rows say it. */
  carrier: PhoneNumberProvider | null;
}

/**
 * How the columns of an upload will be read.
 *
 * @returns null while that cannot be told: there is nothing yet, or a header that no row has followed yet
 */
export function layOut(
  { records, hasClearStart }: UploadHead,
  choices: ColumnChoices,
  provider: PhoneNumberProvider | null,
  operation: ImportOperation,
): UploadLayout | null {
  const [first, ...rows] = records;
  if (!first || !hasClearStart) return null;
  if (isUploadRow(first)) return withoutHeader(first, operation);
  if (rows.length === 0) return null;
  const header = readUploadHeaderTo(operation, first);
  const columns = header.map(({ name, column: recognized, isReport, doubt }, index) => {
    const example = rows.map((row) => row[index]?.trim() ?? '').find((value) => value !== '') ?? '';
    const chosen = choices.get(name);
    const column = isReport || chosen === undefined ? recognized : chosen;
    return { name, example, recognized, isReport, isOpen: doubt !== null && chosen === undefined, column };
  });
  // What a file that is no upload has besides its numbers is left out by the API, which tells so.
  const unread =
    (operation === 'register' || header.some(({ doubt }) => doubt !== null)) &&
    header.some(({ column, isReport }) => column === null && !isReport);
  const readAs = columns.map(({ column }) => column);
  const carrier = provider === null && !readAs.includes('provider') ? providerOfHeader(first) : null;
  const hasProvider = provider !== null || carrier !== null;
  const isSaid = columns.some(({ name, column, recognized }) => column !== recognized || choices.has(name));
  return {
    hasHeader: true,
    columns,
    needsChoices:
      unread ||
      problemsOf(
        header.map(({ column }) => column),
        operation,
        hasProvider,
      ).length > 0,
    problems: [...openProblems(header, choices), ...problemsOf(readAs, operation, hasProvider)],
    mapping: isSaid ? mappingOf(columns, choices) : undefined,
    carrier,
  };
}

/** The API refuses to leave out what may say what can be called, unless it is told to. */
function openProblems(header: readonly UploadHeaderColumn[], choices: ColumnChoices): string[] {
  return header
    .filter(({ name, doubt }) => doubt !== null && !choices.has(name))
    .map(({ name, meant, doubt }) => {
      if (doubt === 'holder') {
        return `The column “${name}” seems to name agents, and numbers are taken from whichever agent has them. Leave it out below.`;
      }
      return doubt === 'rule'
        ? `The column “${name}” may say what can be called. Choose below what it is, or leave it out.`
        : `The column “${name}” is nearly ${uploadColumnLabels[meant!]}. Choose below what it is, or leave it out.`;
    });
}

function withoutHeader(cells: readonly string[], operation: ImportOperation): UploadLayout {
  const columns = columnsWithoutHeader
    .slice(0, Math.max(cells.length, columnsNeededTo(operation).length))
    .map((column) => (isReadTo(operation, column) ? column : null))
    .map((column) => ({ name: '', example: '', recognized: column, column, isReport: false, isOpen: false }));
  return { hasHeader: false, columns, needsChoices: false, problems: [], mapping: undefined, carrier: null };
}

/** Says something about every column but those that the API leaves out of itself: it takes a mapping of a limited length. */
function mappingOf(columns: readonly LaidOutColumn[], choices: ColumnChoices): ColumnMapping {
  const named = columns.filter(
    ({ name, column, recognized, isReport }) => !isReport && ((column ?? recognized) !== null || choices.has(name)),
  );
  return Object.fromEntries(named.map(({ name, column }) => [name, column ?? '']));
}

function problemsOf(
  columns: readonly (UploadColumn | null)[],
  operation: ImportOperation,
  hasProvider: boolean,
): string[] {
  const missing = columnsNeededTo(operation)
    .filter((column) => !columns.includes(column) && !(column === 'provider' && hasProvider))
    .map((column) =>
      column === 'provider'
        ? 'No column is read as Provider. Choose one below, or the provider of all numbers.'
        : `No column is read as ${uploadColumnLabels[column]}. Choose it below, or add it to the file.`,
    );
  const repeated = columns.filter((column, index) => column !== null && columns.indexOf(column) !== index);
  const twice = [...new Set(repeated)].map(
    (column) => `More than one column is read as ${uploadColumnLabels[column!]}. Keep one of them.`,
  );
  return [...missing, ...twice];
}
