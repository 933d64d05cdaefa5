import type { ImportRowError } from '#contracts';
import { csvLine } from '../../platform/http/csv-line.js';

export const importErrorsHeader = csvLine(['line', 'column', 'code', 'message', 'value']);

/** Rows that were not taken, as CSV. */
export function importErrorsCsv(errors: readonly ImportRowError[]): string {
  return errors.map(({ line, column, code, message, value }) => csvLine([line, column, code, message, value])).join('');
}
