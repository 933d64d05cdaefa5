/**
 * What a cell holds that a spreadsheet was to take for text: `="+493012345678"`, or `=+493012345678`. The formula has one
 * value, so undoing it is no guess. Also the quotes that stand around a value when a file was quoted twice.
 *
 * @returns null for a cell that is none
 */
export function valueOfFormula(cell: string): string | null {
  const [, quoted] = /^=?"([^"]*)"$/.exec(cell) ?? [];
  if (quoted !== undefined) return quoted.trim();
  return /^=\+?[0-9()][0-9 ().-]*$/.test(cell) ? cell.slice(1) : null;
}
