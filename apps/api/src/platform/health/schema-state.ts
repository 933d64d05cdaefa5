import { knownSqlFunctions } from '../../../../../migrations/functions/apply.js';
import { migrations } from '../../../../../migrations/index.js';
import { squashedMigrations } from '../../../../../migrations/squashed.js';

interface SchemaState {
  /** Migrations that this version brings and the database lacks. */
  missing: string[];
  /** Migrations that the database has and this version does not know: a newer version migrated it. */
  unknown: string[];
  /** SQL functions that the database was given with another text than this version has. */
  otherFunctions: string[];
}

/** The last migrations let the system role read the list: who may not is asking a database that lacks them. */
const READABLE_LISTS = `
  select c.relname::text as name from pg_class c
  where c.oid in (to_regclass('public.migrations'), to_regclass('public.sql_functions'))
    and has_table_privilege(c.oid, 'select')`;

type Query = (sql: string) => Promise<{ name: string }[]>;

/** Compares the migrations and functions that the database has with those that this version brings. */
export async function readSchemaState(query: Query): Promise<SchemaState> {
  const readable = (await query(READABLE_LISTS)).map(({ name }) => name);
  const applied = new Set<string>(await namesIn(readable.includes('migrations'), query, 'select name from migrations'));
  const given = await namesIn(
    readable.includes('sql_functions'),
    query,
    `select name || ' ' || hash as name from sql_functions`,
  );
  const known: string[] = migrations.map(({ name }) => name);
  const squashed: readonly string[] = squashedMigrations;
  return {
    missing: known.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !known.includes(name) && !squashed.includes(name)),
    otherFunctions: knownSqlFunctions()
      .filter(({ name, hash }) => !given.includes(`${name} ${hash}`))
      .map(({ name }) => name),
  };
}

/** Whether there is something to do that `migrateDatabase` does. */
export function isBehind({ missing, unknown, otherFunctions }: SchemaState): boolean {
  return unknown.length === 0 && missing.length + otherFunctions.length > 0;
}

async function namesIn(isReadable: boolean, query: Query, sql: string): Promise<string[]> {
  return isReadable ? (await query(sql)).map(({ name }) => name) : [];
}

/** One sentence for an operator about a schema that this version cannot work with; null when it can. */
export function schemaComplaint({ missing, unknown, otherFunctions }: SchemaState): string | null {
  if (unknown.length > 0) {
    return `The database was migrated by a newer version (it has ${unknown.join(', ')}). Run that version, or a newer one.`;
  }
  if (missing.length > 0) {
    return `The database is not migrated (${missing.length} to go). Run "npm run migration:run", or start with AUTO_MIGRATE=true.`;
  }
  if (otherFunctions.length > 0) {
    return (
      `The database has other versions of SQL functions (${otherFunctions.join(', ')}). Run "npm run migration:run" of this ` +
      'version, or start with AUTO_MIGRATE=true; when a newer version has made them, run that one.'
    );
  }
  return null;
}
