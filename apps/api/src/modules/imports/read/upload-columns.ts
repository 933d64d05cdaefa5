import {
  type ColumnMapping,
  columnsNeededTo,
  columnsOfRule,
  columnsWithoutHeader,
  type ImportNotice,
  type ImportOperation,
  isReadTo,
  isUploadRow,
  type PhoneNumberProvider,
  phoneNumberProviders,
  providerOfHeader,
  readUploadHeaderTo,
  requiredUploadColumns,
  type UploadColumn,
  type UploadHeaderColumn,
  uploadColumns,
} from '#contracts';
import { told } from './check-upload-row.js';
import { unreadable } from './upload-encoding.js';

const EXPECTED = `Use ${uploadColumns.join(', ')}; ${requiredUploadColumns.join(' and ')} are needed`;
const MAX_SHOWN = 50;
const MAX_NAMED = 1_000;
/** Each row is looked through for every column, and a line has room for 60,000 of them. */
const MAX_COLUMNS = 200;

/** What the upload says about the columns of its file. */
export interface UploadTold {
  mapping: ColumnMapping | null;
  provider: PhoneNumberProvider | null;
  operation: ImportOperation;
}

export interface UploadLayout {
  /** Null for columns that are left out. */
  columns: (UploadColumn | null)[];
  /** What they are called in the file; null without a header. */
  names: string[] | null;
  hasHeader: boolean;
  /** Of the rows that name none. */
  provider: PhoneNumberProvider | null;
  notices: ImportNotice[];
}

/**
 * Reads the first record of an upload as the names of its columns, or as a row when it is one. Columns that are not known
 * are left out with a notice.
 *
 * @throws ProblemError csv_invalid when a column is missing, stands there twice, or is nearly one of those that decide what
 * may be called
 */
export function readLayout(cells: readonly string[], line: number, upload: UploadTold): UploadLayout {
  const { mapping, provider, operation } = upload;
  if (mapping === null && isUploadRow(cells)) {
    return { columns: withoutHeader(operation), names: null, hasHeader: false, provider, notices: [] };
  }
  const header = readUploadHeaderTo(operation, cells);
  if (header.length > MAX_COLUMNS) {
    throw unreadable(
      `Line ${line}: the header has ${header.length} columns. At most ${MAX_COLUMNS} are read; leave others out.`,
    );
  }
  const isChosen = (name: string) => mapping !== null && Object.hasOwn(mapping, name);
  const columns = header.map(({ name, column, isReport }) => {
    if (isReport) return null;
    return isChosen(name) ? mapping![name] || null : column;
  });
  const ignored = header.filter(({ name, column, isReport }) => !isReport && column === null && !isChosen(name));
  if (operation === 'register') requireHarmless(ignored, line);
  const absent = Object.keys(mapping ?? {}).find((named) => !header.some(({ name }) => name === named));
  if (absent !== undefined) {
    throw unreadable(`Line ${line}: the mapping names the column "${absent.slice(0, MAX_SHOWN)}", which is not there.`);
  }
  const twice = columns.find((column, index) => column !== null && columns.indexOf(column) !== index);
  if (twice) throw unreadable(`Line ${line}: the header names the column ${twice} twice. Keep one of them.`);
  const names = header.map(({ name }) => name);
  if (operation !== 'register') {
    requireColumns(columns, names, upload, line);
    if (operation === 'unassign') requireAnyHolder(header, columns, isChosen, line);
    const read = columns.map((column) => (isReadTo(operation, column) ? column : null));
    const unread = header.filter(
      ({ name, isReport }, index) => !isReport && read[index] === null && !(isChosen(name) && mapping![name] === ''),
    );
    const notices = leftOutNotice(unread, `only phoneNumber and countryCode are read to ${operation} numbers`, line);
    return { columns: read, names, hasHeader: true, provider, notices };
  }
  const notices = ignoredNotice(ignored, line);
  const carrier = provider === null && !columns.includes('provider') ? providerOfHeader(names) : null;
  if (carrier !== null) notices.push(providerNotice(carrier, line));
  requireColumns(columns, names, { ...upload, provider: provider ?? carrier }, line);
  return { columns, names, hasHeader: true, provider: provider ?? carrier, notices };
}

/** To delete or unassign, only the first column matters, and the country where the file of an upload has it. */
function withoutHeader(operation: ImportOperation): UploadLayout['columns'] {
  return columnsWithoutHeader.map((column) => (isReadTo(operation, column) ? column : null));
}

function requireColumns(
  columns: readonly (UploadColumn | null)[],
  names: readonly string[],
  upload: UploadTold,
  line: number,
): void {
  const missing = columnsNeededTo(upload.operation).filter((column) => !columns.includes(column));
  if (missing.includes('phoneNumber')) {
    throw unreadable(`Line ${line}: the header has no column phoneNumber. ${expected(upload.operation)}.`);
  }
  if (missing.length === 0 || upload.provider !== null) return;
  const isLikeTwilio = names.some((name) => /^friendly[\s_]*name$/i.test(name));
  const advice = isLikeTwilio ? 'provider=twilio' : `provider= with one of ${phoneNumberProviders.join(', ')}`;
  throw unreadable(
    `Line ${line}: the header has no column provider, and the upload names none. Add the column, or send ${advice}, ` +
      'for all rows.',
  );
}

/** To take numbers from the agents that a file names would need those agents to be checked: the file is refused instead. */
function requireAnyHolder(
  header: readonly UploadHeaderColumn[],
  columns: readonly (UploadColumn | null)[],
  isChosen: (name: string) => boolean,
  line: number,
): void {
  const column = header.find(
    ({ name, doubt }, index) => columns[index] === 'agent' || (doubt === 'holder' && !isChosen(name)),
  );
  if (!column) return;
  const name = column.name.slice(0, MAX_SHOWN);
  throw unreadable(
    `Line ${line}: the column "${name}" seems to name agents, and operation=unassign takes a number from whichever agent ` +
      `has it. Take the column out, or leave it out with mapping={"${name}":""}.`,
  );
}

function expected(operation: ImportOperation): string {
  if (operation === 'register') return EXPECTED;
  return `Name the column with the numbers phoneNumber, or send the numbers alone, one a line`;
}

/** A column that decides what may be called is never lost because of its name. */
function requireHarmless(ignored: readonly UploadHeaderColumn[], line: number): void {
  const column = ignored.find(({ doubt }) => doubt !== null);
  if (!column) return;
  const name = column.name.slice(0, MAX_SHOWN);
  const leaveOut = `leave it out with mapping={"${name}":""}`;
  const meant = column.doubt === 'rule' ? columnsOfRule(column.name)!.join(' or ') : column.meant;
  throw unreadable(
    column.doubt === 'nearly'
      ? `Line ${line}: there is no column "${name}". If it is ${meant}, call it so; else ${leaveOut}.`
      : `Line ${line}: the column "${name}" is not known, and may say what can be called, how often or by whom. If it is ` +
          `${meant}, call it so; else ${leaveOut}.`,
  );
}

function ignoredNotice(ignored: readonly UploadHeaderColumn[], line: number): ImportNotice[] {
  return leftOutNotice(ignored, ignored.length === 1 ? 'the column is not known' : 'the columns are not known', line);
}

function leftOutNotice(ignored: readonly UploadHeaderColumn[], why: string, line: number): ImportNotice[] {
  if (ignored.length === 0) return [];
  const names = ignored
    .map(({ name }) => (name === '' ? 'one without a name' : `"${name.slice(0, MAX_SHOWN)}"`))
    .join(', ');
  const shown = names.length > MAX_NAMED ? `${names.slice(0, MAX_NAMED)}…` : names;
  const meant = ignored.find((column) => column.column === null && column.doubt === null && column.meant !== null);
  const hint = meant ? ` If "${meant.name.slice(0, MAX_SHOWN)}" is ${meant.meant}, call it so.` : '';
  return [
    told(
      line,
      'columns_ignored',
      null,
      `Left out, because ${why}: ${shown}.${hint}`,
      ignored.map(({ name }) => name).join(', '),
    ),
  ];
}

function providerNotice(provider: PhoneNumberProvider, line: number): ImportNotice {
  const message = `The header is that of an export from ${provider}, so every row is of ${provider}. If it is not, send provider=.`;
  return told(line, 'provider_of_header', 'provider', message, null);
}
