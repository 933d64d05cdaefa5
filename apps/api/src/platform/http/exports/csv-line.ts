/**
 * The first line of a CSV file. The mark of UTF-8 before it tells spreadsheets how to read the letters; without it, Excel
 * takes them for those of its code page, and saves what it took them for.
 */
export function csvHeader(names: readonly string[]): string {
  return `\ufeff${csvLine(names)}`;
}

/** A line of CSV (RFC 4180). */
export function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map((value) => cellOf(String(value ?? ''))).join(',')}\r\n`;
}

/**
 * A spreadsheet runs a cell that begins like a formula (OWASP, CSV injection): an apostrophe in front makes it text.
 * Text that looks as if it had got its apostrophe gets another one, so that taking one away gives the text again.
 * Plain numbers in E.164 form begin with a plus and are left as they are, so that they can be sent again.
 */
function cellOf(value: string): string {
  const harmless = /^'*[=+\-@\t\r]/.test(value) && !/^\+\d+$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
