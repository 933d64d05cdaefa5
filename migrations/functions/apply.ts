import { createHash } from 'node:crypto';
import { readSqlFile } from '../sql-files.js';
import { retiredFunctions, sqlFunctions } from './manifest.js';

type Query = (sql: string, parameters?: unknown[]) => Promise<unknown>;

/** One function as its file states it. */
export interface SqlFunction {
  /** `<area>/<function>`, as in the manifest. */
  name: string;
  /** The statements that make the function, its comment, its privileges and the triggers that call it. */
  sql: string;
  /** SHA-256 of the file, in hexadecimal digits. */
  hash: string;
}

let known: SqlFunction[] | undefined;

/**
 * The functions of the manifest, read once.
 *
 * @throws Error when a file of the manifest is missing
 */
export function knownSqlFunctions(): readonly SqlFunction[] {
  known ??= sqlFunctions.map((name) => {
    const sql = readSqlFile(`functions/${name}.sql`);
    return { name, sql, hash: createHash('sha256').update(sql).digest('hex') };
  });
  return known;
}

/**
 * Makes every function whose file differs from what the database was last given, in the order of the manifest, and drops
 * the retired ones. Runs after the versioned migrations and in their transaction, so that tables and functions change
 * together or not at all.
 *
 * @returns the names of the functions that were made
 */
export async function applySqlFunctions(
  query: Query,
  functions: readonly SqlFunction[] = knownSqlFunctions(),
  retired: readonly string[] = retiredFunctions,
): Promise<string[]> {
  const rows = (await query('select name, hash from sql_functions')) as { name: string; hash: string }[];
  const given = new Map(rows.map(({ name, hash }) => [name, hash]));
  for (const signature of retired) await query(`drop function if exists ${signature}`);
  const changed = functions.filter(({ name, hash }) => given.get(name) !== hash);
  for (const { name, sql, hash } of changed) {
    await query(sql);
    await query(
      `insert into sql_functions (name, hash) values ($1, $2)
       on conflict (name) do update set hash = excluded.hash, made_at = now()`,
      [name, hash],
    );
  }
  await query('delete from sql_functions where name <> all ($1::text[])', [functions.map(({ name }) => name)]);
  return changed.map(({ name }) => name);
}
