/** What a field held and what it holds now; null for nothing. */
export interface FieldChange {
  from: unknown;
  to: unknown;
}
export type FieldChanges = Record<string, FieldChange>;

const isGiven = ([, value]: [string, unknown]): boolean => value !== null && value !== undefined;

/** The changes of a record that came to be: each field that holds something. */
export function fieldsSet(fields: object): FieldChanges {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(isGiven)
      .map(([field, to]) => [field, { from: null, to: to as unknown }]),
  );
}

/** The changes of a record that is gone: each field that held something. */
export function fieldsCleared(fields: object): FieldChanges {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(isGiven)
      .map(([field, from]) => [field, { from: from as unknown, to: null }]),
  );
}

/** How an event keeps its changes apart from its facts. */
export function isFieldChange(value: unknown): value is FieldChange {
  if (value === null || typeof value !== 'object') return false;
  const keys = Object.keys(value);
  return keys.length === 2 && 'from' in value && 'to' in value;
}
