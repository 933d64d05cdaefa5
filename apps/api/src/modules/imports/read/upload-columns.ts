import {
  type ColumnMapping,
  columnsNeededTo,
  columnsWithoutHeader,
  type ImportOperation,
  isReadTo,
  isUploadRow,
  readUploadHeaderTo,
  requiredUploadColumns,
  type UploadColumn,
  uploadColumns,
} from '#contracts';
import { unreadable } from './upload-encoding.js';

const EXPECTED = `Use ${uploadColumns.join(', ')}; ${requiredUploadColumns.join(' and ')} are needed`;
const MAX_SHOWN = 50;
/** Each row is looked through for every column, and a line has room for 60,000 of them. */
const MAX_COLUMNS = 200;

export interface UploadLayout {
  /** Null for columns that are left out. */
  columns: (UploadColumn | null)[];
  hasHeader: boolean;
}

/**
 * Reads the first record of an upload as the names of its columns, or as a row when it is one.
 *
 * @throws ProblemError csv_invalid when it is a header with other columns than the known ones
 */
export function readLayout(
  cells: readonly string[],
  line: number,
  mapping: ColumnMapping | null,
  operation: ImportOperation = 'register',
): UploadLayout {
  if (mapping === null && isUploadRow(cells)) return { columns: withoutHeader(operation), hasHeader: false };
  const header = readUploadHeaderTo(operation, cells);
  if (header.length > MAX_COLUMNS) {
    throw unreadable(
      `Line ${line}: the header has ${header.length} columns. At most ${MAX_COLUMNS} are read; leave others out.`,
    );
  }
  const columns = header.map(({ name, column, isReport }) => {
    if (isReport) return null;
    if (mapping && Object.hasOwn(mapping, name)) return mapping[name] || null;
    if (column || mapping || operation !== 'register') return column;
    throw unreadable(`Line ${line}: there is no column "${name.slice(0, MAX_SHOWN)}". ${EXPECTED}.`);
  });
  const absent = Object.keys(mapping ?? {}).find((named) => !header.some(({ name }) => name === named));
  if (absent !== undefined) {
    throw unreadable(`Line ${line}: the mapping names the column "${absent.slice(0, MAX_SHOWN)}", which is not there.`);
  }
  const twice = columns.find((column, index) => column !== null && columns.indexOf(column) !== index);
  if (twice) throw unreadable(`Line ${line}: the header names the column ${twice} twice. Keep one of them.`);
  const missing = columnsNeededTo(operation).find((column) => !columns.includes(column));
  if (missing) throw unreadable(`Line ${line}: the header has no column ${missing}. ${expected(operation)}.`);
  return { columns: columns.map((column) => (isReadTo(operation, column) ? column : null)), hasHeader: true };
}

/** To delete or unassign, only the first column matters, and the country where the file of an upload has it. */
function withoutHeader(operation: ImportOperation): UploadLayout['columns'] {
  return columnsWithoutHeader.map((column) => (isReadTo(operation, column) ? column : null));
}

function expected(operation: ImportOperation): string {
  if (operation === 'register') return EXPECTED;
  return `Name the column with the numbers phoneNumber, or send the numbers alone, one a line`;
}
