/**
 * Ids of numbers by text, label or tag, at most $6 of them. A function of the database searches, because PostgreSQL
 * uses no trigrams for a role that row-level security binds; see migrations/functions/inventory/find_phone_numbers.sql.
 * $1 organization, $2 parts of numbers, $3 pattern of the label beside them, $4 pattern of the label, $5 tag.
 */
export const FIND_PHONE_NUMBERS = `select f.id from find_phone_numbers($1, $2, $3, $4, $5, $6) f(id)`;

/** What PostgreSQL's LIKE takes to find the text anywhere, as it stands, in small letters. */
export function likePattern(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
}
