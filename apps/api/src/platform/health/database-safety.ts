import { SYSTEM_ROLE } from '../database/connection-options.js';

/**
 * Whether what this database acknowledges is kept, and whether row-level security holds for the role that requests run
 * as. Asked at the start, by the readiness probe, and on each connection of the gate: a failover may have led it to a
 * standby, or to a server with other settings.
 *
 * The login role is not judged: it migrates, and so owns the tables. Sessions leave it with their first packet
 * (`connection-options.ts`), and no request can lead back to it.
 *
 * $1 text: the role that requests run as.
 */
const READ_DATABASE_SAFETY = `
  with reachable as (
    select c.relname, c.relrowsecurity and c.relforcerowsecurity as is_fenced, c.relowner
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and has_any_column_privilege($1::text, c.oid, 'select, insert, update')
  )
  select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
    current_setting('synchronous_commit') as synchronous_commit,
    pg_is_in_recovery() as is_standby, current_setting('transaction_read_only') = 'on' as is_read_only,
    current_user::text as session_role,
    (select r.rolsuper from pg_roles r where r.rolname = $1::text) as is_superuser,
    array(select r.rolname::text from pg_roles r
      where (r.rolsuper or r.rolbypassrls) and pg_has_role($1::text, r.oid, 'member') order by 1) as bypassing_roles,
    array(select r.rolname::text from pg_roles r
      where r.rolname = '${SYSTEM_ROLE}' and pg_has_role($1::text, r.oid, 'member')) as unfenced_roles,
    array(select t.relname::text from reachable t where pg_has_role($1::text, t.relowner, 'member') order by 1) as owned_tables,
    array(select t.relname::text from reachable t where not t.is_fenced order by 1) as open_tables
`;

interface DatabaseSafety {
  fsync: string;
  full_page_writes: string;
  synchronous_commit: string;
  is_standby: boolean;
  is_read_only: boolean;
  session_role: string;
  /** Null when there is no such role. */
  is_superuser: boolean | null;
  bypassing_roles: string[];
  /** Roles whose policies reach across tenants. */
  unfenced_roles: string[];
  owned_tables: string[];
  open_tables: string[];
}

interface SafetyVerdict {
  /** Everything that forbids deciding calls on this database, in one message that says what to do; null when nothing does. */
  complaint: string | null;
  /** What an operator should know and may have meant; null when there is nothing. */
  warning: string | null;
}

/** Nothing is decided on this database; the message is the complaint. */
export class UnsafeDatabaseError extends Error {}

type Query = (sql: string, parameters: unknown[]) => Promise<unknown[]>;

/**
 * Reads and judges what a session of this database works with.
 *
 * @param session whether the asking session is one that serves requests, and so must run as the role
 */
export async function readDatabaseSafety(
  query: Query,
  role: string,
  session: 'serving' | 'asking',
): Promise<SafetyVerdict> {
  const [facts] = (await query(READ_DATABASE_SAFETY, [role])) as DatabaseSafety[];
  return judgeDatabaseSafety(facts!, role, session);
}

/** The judgement alone. `local` and `remote_write` are written to this server's disk before the answer: only `off` is not. */
export function judgeDatabaseSafety(facts: DatabaseSafety, role: string, session: 'serving' | 'asking'): SafetyVerdict {
  const complaints = [...durabilityComplaints(facts), ...fenceComplaints(facts, role, session)];
  const commit = facts.synchronous_commit;
  return {
    complaint: complaints.length === 0 ? null : `The call gate cannot be served: ${complaints.join(' ')}`,
    warning:
      commit === 'local' || commit === 'remote_write'
        ? `synchronous_commit is ${commit}: a call that was allowed may be forgotten by a standby that takes over. ` +
          'The connections of the API use on.'
        : null,
  };
}

function durabilityComplaints(facts: DatabaseSafety): string[] {
  const off = (['fsync', 'full_page_writes', 'synchronous_commit'] as const).filter((name) => facts[name] === 'off');
  const complaints: string[] = [];
  if (off.length > 0) {
    complaints.push(
      `${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off, so a crash of the server would forget calls that were ` +
        'allowed; set to on in postgresql.conf, and for the database and its roles.',
    );
  }
  if (facts.is_standby) {
    complaints.push(
      'the server is a standby and counts nothing; set DATABASE_URL to the primary, or promote this server.',
    );
  } else if (facts.is_read_only) {
    complaints.push(
      'transactions are read-only; set default_transaction_read_only to off, or DATABASE_URL to the primary.',
    );
  }
  return complaints;
}

function fenceComplaints(facts: DatabaseSafety, role: string, session: 'serving' | 'asking'): string[] {
  if (facts.is_superuser === null) return [`the role ${role} is missing; migrate the database.`];
  const complaints: string[] = [];
  if (session === 'serving' && facts.session_role !== role) {
    complaints.push(
      `the session runs as ${facts.session_role} and not as ${role}; a connection pooler between must pass on the ` +
        'start-up parameter "options".',
    );
  }
  const { bypassing_roles: bypassing, owned_tables: owned, open_tables: open } = facts;
  if (facts.is_superuser || bypassing.includes(role)) {
    complaints.push(`the role ${role} bypasses row-level security; run "alter role ${role} nosuperuser nobypassrls".`);
  } else if (bypassing.length > 0) {
    const others = bypassing.join(', ');
    complaints.push(
      `the role ${role} may become ${others}, which bypasses row-level security; run "revoke ${others} from ${role}".`,
    );
  } else if (owned.length > 0) {
    complaints.push(
      `the role ${role} owns ${owned.join(', ')} and could lift row-level security; give the tables to the role that migrates.`,
    );
  }
  if (complaints.length === 0 && facts.unfenced_roles.length > 0) {
    const others = facts.unfenced_roles.join(', ');
    complaints.push(
      `the role ${role} may act as ${others}, which sees every organization; run "revoke ${others} from ${role}".`,
    );
  }
  if (open.length > 0) {
    complaints.push(
      `row-level security is not enabled and forced on ${open.join(', ')}; run "alter table … enable row level security, ` +
        'force row level security" for each.',
    );
  }
  return complaints;
}
