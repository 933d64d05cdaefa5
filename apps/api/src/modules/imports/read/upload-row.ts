import { looksLikeNumber, type UploadColumn } from '#contracts';
import type { CsvRecord } from './csv-reader.js';

/** A row of an upload as it stands there. */
export interface UploadRow {
  /** Where it begins; 1 is the first line of the file. */
  line: number;
  values: Partial<Record<UploadColumn, string>>;
  /** More cells than columns. */
  tooLong: boolean;
  fault: CsvRecord['fault'] | 'several_numbers';
  /** Every cell of a known column, in the order of the file. */
  cells: string[];
}

/** True for a record that is no row: a blank line, or separators alone. */
export function isBlank({ cells, fault }: CsvRecord): boolean {
  return fault === null && cells.every((cell) => cell.trim() === '');
}

/** A row of a list without a header, which has nothing but one number: a second one beside it is never passed over. */
export function rowOfList(columns: readonly (UploadColumn | null)[], record: CsvRecord): UploadRow {
  const row = rowOf(columns, record);
  if (row.fault !== null || !record.cells.slice(1).some(looksLikeNumber)) return row;
  return { ...row, fault: 'several_numbers', cells: record.cells.map((cell) => cell.trim()).slice(0, 1) };
}

export function rowOf(columns: readonly (UploadColumn | null)[], record: CsvRecord): UploadRow {
  const { cells, line, fault } = record;
  const values: UploadRow['values'] = {};
  const known: string[] = [];
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index];
    if (!column) continue;
    const value = (cells[index] ?? '').trim();
    values[column] = value;
    known.push(value);
  }
  const tooLong = cells.length > columns.length && cells.slice(columns.length).some((cell) => cell.trim() !== '');
  return { line, values, tooLong, fault, cells: fault === 'too_long' ? [] : known };
}
