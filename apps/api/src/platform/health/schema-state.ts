import { migrations } from '../../../../../migrations/index.js';

interface SchemaState {
  /** Migrations that this version brings and the database lacks. */
  missing: string[];
  /** Migrations that the database has and this version does not know: a newer version migrated it. */
  unknown: string[];
}

/** The last migrations let the system role read the list: who may not is asking a database that lacks them. */
const READABLE_LIST = `
  select c.oid::regclass::text as name from pg_class c
  where c.oid = to_regclass('public.migrations') and has_table_privilege(c.oid, 'select')`;

type Query = (sql: string) => Promise<{ name: string }[]>;

/** Compares the migrations that the database has with those that this version brings. */
export async function readSchemaState(query: Query): Promise<SchemaState> {
  const [table] = await query(READABLE_LIST);
  const rows = table?.name ? await query('select name from public.migrations') : [];
  const applied = new Set(rows.map(({ name }) => name));
  const known = migrations.map(({ name }) => name);
  return {
    missing: known.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !known.includes(name)),
  };
}

/** One sentence for an operator about a schema that this version cannot work with; null when it can. */
export function schemaComplaint({ missing, unknown }: SchemaState): string | null {
  if (unknown.length > 0) {
    return `The database was migrated by a newer version (it has ${unknown.join(', ')}). Run that version, or a newer one.`;
  }
  if (missing.length > 0) {
    return `The database is not migrated (${missing.length} to go). Run "npm run migration:run", or start with AUTO_MIGRATE=true.`;
  }
  return null;
}
