import { errorColumns, type ImportNotice, type ImportRowError } from '#contracts';
import { csvHeader, csvLine } from '../../../platform/http/exports/csv-line.js';

/** What was refused, and beside it the row itself: the file can be mended and uploaded as it is. */
export function importErrorsHeader(columns: readonly string[]): string {
  return csvHeader([...errorColumns, ...columns]);
}

/** Rows that were not taken, as CSV. */
export function importErrorsCsv(errors: readonly (ImportRowError & { cells: string[] | null })[]): string {
  return errors
    .map(({ line, column, code, message, value, cells }) =>
      csvLine([line, column, code, message, value, ...(cells ?? [])]),
    )
    .join('');
}

export function importNoticesHeader(): string {
  return csvHeader(errorColumns);
}

export function importNoticesCsv(notices: readonly ImportNotice[]): string {
  return notices
    .map(({ line, column, code, message, value }) => csvLine([line, column, code, message, value]))
    .join('');
}
