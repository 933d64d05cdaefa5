import {
  type ColumnMapping,
  columnsNeededTo,
  columnsWithoutHeader,
  type ImportOperation,
  isReadTo,
  isUploadRow,
  readUploadHeaderTo,
  type UploadColumn,
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
}

/**
 * How the columns of an upload will be read.
 *
 * @returns null while that cannot be told: there is nothing yet, or a header that no row has followed yet
 */
export function layOut(
  { records, hasClearStart }: UploadHead,
  choices: ColumnChoices,
  operation: ImportOperation,
): UploadLayout | null {
  const [first, ...rows] = records;
  if (!first || !hasClearStart) return null;
  if (isUploadRow(first)) return withoutHeader(first, operation);
  if (rows.length === 0) return null;
  const header = readUploadHeaderTo(operation, first);
  const columns = header.map(({ name, column: recognized, isReport }, index) => {
    const example = rows.map((row) => row[index]?.trim() ?? '').find((value) => value !== '') ?? '';
    const chosen = choices.get(name);
    return { name, example, recognized, isReport, column: isReport || chosen === undefined ? recognized : chosen };
  });
  // What a file that is no upload has besides its numbers is left out by the API without being told.
  const unread = operation === 'register' && header.some(({ column, isReport }) => column === null && !isReport);
  return {
    hasHeader: true,
    columns,
    needsChoices:
      unread ||
      problemsOf(
        header.map(({ column }) => column),
        operation,
      ).length > 0,
    problems: problemsOf(
      columns.map(({ column }) => column),
      operation,
    ),
    mapping: unread || columns.some(({ column, recognized }) => column !== recognized) ? mappingOf(columns) : undefined,
  };
}

function withoutHeader(cells: readonly string[], operation: ImportOperation): UploadLayout {
  const columns = columnsWithoutHeader
    .slice(0, Math.max(cells.length, columnsNeededTo(operation).length))
    .map((column) => (isReadTo(operation, column) ? column : null))
    .map((column) => ({ name: '', example: '', recognized: column, column, isReport: false }));
  return { hasHeader: false, columns, needsChoices: false, problems: [], mapping: undefined };
}

/** Says something about every column but those that the API leaves out of itself: it takes a mapping of a limited length. */
function mappingOf(columns: readonly LaidOutColumn[]): ColumnMapping {
  const named = columns.filter(({ column, recognized, isReport }) => !isReport && (column ?? recognized) !== null);
  return Object.fromEntries(named.map(({ name, column }) => [name, column ?? '']));
}

function problemsOf(columns: readonly (UploadColumn | null)[], operation: ImportOperation): string[] {
  const missing = columnsNeededTo(operation)
    .filter((column) => !columns.includes(column))
    .map((column) => `No column is read as ${uploadColumnLabels[column]}. Choose it below, or add it to the file.`);
  const repeated = columns.filter((column, index) => column !== null && columns.indexOf(column) !== index);
  const twice = [...new Set(repeated)].map(
    (column) => `More than one column is read as ${uploadColumnLabels[column!]}. Keep one of them.`,
  );
  return [...missing, ...twice];
}
