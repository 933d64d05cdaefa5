import type { ImportRowError } from '#contracts';

export const importErrorsHeader = 'line,column,code,message,value\r\n';

/** Rows that were not taken, as CSV (RFC 4180). */
export function importErrorsCsv(errors: readonly ImportRowError[]): string {
  return errors
    .map(({ line, column, code, message, value }) =>
      [String(line), column ?? '', code, message, value ?? ''].map(cellOf).join(',').concat('\r\n'),
    )
    .join('');
}

/**
 * A spreadsheet runs a cell that begins like a formula (OWASP, CSV injection): an apostrophe in front makes it text.
 * Plain numbers in E.164 form begin with a plus and are left as they are, so that they can be sent again.
 */
function cellOf(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) && !/^\+\d+$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
