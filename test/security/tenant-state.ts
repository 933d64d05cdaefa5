import type { TestDatabase } from '../support/database.js';

/** What is written down by and by about who asks, and about what is delivered, and so changes without any request changing it. */
const VOLATILE: Record<string, string[]> = {
  api_keys: ['last_used_at'],
  outbox_events: ['attempts', 'due_at', 'delivered_at', 'dead_at', 'last_error'],
};

/** Looks at all rows of one organization, in every table that there is. */
export class TenantState {
  private sql: string | null = null;

  constructor(
    private readonly db: TestDatabase,
    private readonly organizationId: string,
  ) {}

  /** A count and a hash of the rows by table: equal when nothing was added, changed or removed. */
  async read(): Promise<Record<string, string>> {
    this.sql ??= await this.compose();
    const rows = await this.db.query(this.sql, [this.organizationId]);
    return Object.fromEntries(rows.map((row) => [row['name'] as string, `${row['rows']} rows, ${row['hash']}`]));
  }

  /** Every UUID in the rows of the organization which says whose they are: no one else may be told one. */
  async ids(): Promise<Set<string>> {
    const tables = await this.tables();
    const sql = tables
      .filter(({ has_id }) => has_id)
      .map(({ name }) => `select id from ${name} where organization_id = $1`)
      .join(' union all ');
    const rows = await this.db.query(sql, [this.organizationId]);
    const users = await this.db.query('select user_id as id from memberships where organization_id = $1', [
      this.organizationId,
    ]);
    return new Set([...rows, ...users].map((row) => row['id'] as string).concat(this.organizationId));
  }

  private async compose(): Promise<string> {
    const tables = await this.tables();
    const own = tables.map(({ name }) => {
      const volatile = (VOLATILE[name] ?? []).map((column) => ` - '${column}'`).join('');
      return hashOf(name, `select (to_jsonb(t)${volatile})::text as line from ${name} t where organization_id = $1`);
    });
    const members = `select to_jsonb(u)::text as line from users u
      where id in (select user_id from memberships where organization_id = $1)`;
    const itself = 'select to_jsonb(o)::text as line from organizations o where id = $1';
    return [...own, hashOf('users', members), hashOf('organizations', itself)].join(' union all ');
  }

  private async tables(): Promise<{ name: string; has_id: boolean }[]> {
    return (await this.db.query(
      `select c.relname as name, exists (
         select from pg_attribute i where i.attrelid = c.oid and i.attname = 'id' and not i.attisdropped) as has_id
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
    )) as { name: string; has_id: boolean }[];
  }
}

function hashOf(name: string, lines: string): string {
  return `select '${name}' as name, count(*) as rows, md5(coalesce(string_agg(line, '' order by line), '')) as hash
    from (${lines}) t`;
}
