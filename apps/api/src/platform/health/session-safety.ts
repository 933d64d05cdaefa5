import type { ClientBase } from 'pg';
import type { SessionRules } from '../database/connection-options.js';

/**
 * What a login could do by itself, and what its session really is. Catalogues are readable by every role.
 *
 * $1 text: the login; null for the one of this session. $2 text: the only role that it may become.
 * $3 json: settings that the session has to have, as `pg_settings` shows them.
 */
const READ_SESSION_FACTS = `
  with login as (
    select r.oid, r.rolname from pg_roles r where r.rolname = coalesce($1::text, session_user)
  ), acting as (
    select r.* from pg_roles r where r.rolname = $2::text or r.oid = (select oid from login)
  ), reachable as (
    select c.relname, c.relrowsecurity and c.relforcerowsecurity as is_fenced
    from pg_class c join pg_roles r on r.rolname = $2::text
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not in ('migrations', 'sql_functions')
      and has_any_column_privilege(r.oid, c.oid, 'select, insert, update')
  )
  select pg_backend_pid() as backend_pid, l.rolname::text as login, current_user::text as acting_role,
    exists (select from pg_roles r where r.rolname = $2::text) as role_exists,
    coalesce((select pg_has_role(l.oid, r.oid, 'member') from pg_roles r where r.rolname = $2::text), false) as is_member,
    coalesce((select pg_has_role(l.oid, r.oid, 'usage') from pg_roles r where r.rolname = $2::text), false) as inherits,
    array(select a.rolname::text from acting a where a.rolsuper order by 1) as superusers,
    array(
      select format('alter role %I %s', a.rolname, string_agg('no' || p.word, ' ' order by p.word))
      from acting a
      cross join lateral (values (a.rolbypassrls, 'bypassrls'), (a.rolcreaterole, 'createrole'),
        (a.rolcreatedb, 'createdb'), (a.rolreplication, 'replication')) p(is_set, word)
      where p.is_set group by a.rolname order by 1) as repairs,
    array(
      select format('revoke %I from %I', r.rolname, case
        when (select pg_has_role(a.oid, r.oid, 'member') from pg_roles a where a.rolname = $2::text) then $2::text
        else l.rolname end)
      from pg_roles r
      where r.oid <> l.oid and r.rolname not in ($2::text, 'pg_database_owner') and pg_has_role(l.oid, r.oid, 'member')
      order by r.rolname) as revocations,
    array(
      select pg_describe_object(d.classid, d.objid, d.objsubid)
      from pg_shdepend d join pg_database b on b.datname = current_database()
      where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o' and d.refobjid in (select oid from acting)
        and (d.dbid = b.oid or d.dbid = 0 and (d.classid <> 'pg_database'::regclass or d.objid = b.oid))
        and not exists (select from pg_class t
          where d.classid = 'pg_class'::regclass and t.oid = d.objid and t.relpersistence = 't')
      order by 1) as owned,
    array(select t.relname::text from reachable t where not t.is_fenced order by 1) as open_tables,
    array(
      select w.key from json_each_text($3::json) w
      where not exists (select from pg_settings s where lower(s.name) = lower(w.key) and s.setting = w.value)
      order by w.key) as lost_settings
  from login l
`;

interface SessionFacts {
  backend_pid: number;
  login: string;
  acting_role: string;
  role_exists: boolean;
  is_member: boolean;
  /** Whether the login has the rights of the role without taking it. */
  inherits: boolean;
  superusers: string[];
  /** Statements that take attributes away with which a login becomes more than its role. */
  repairs: string[];
  /** Statements that take memberships away besides that in the role. */
  revocations: string[];
  owned: string[];
  open_tables: string[];
  lost_settings: string[];
}

/** A session in which nothing may run; the message is what is wrong with it. */
export class UnsafeSessionError extends Error {}

export type Query = (sql: string, parameters: unknown[]) => Promise<unknown[]>;

/** @returns what the login, or that of the session, can do by itself; null when there is no such login */
export async function readLoginFacts(query: Query, login: string | null, role: string): Promise<SessionFacts | null> {
  const [facts] = (await query(READ_SESSION_FACTS, [login, role, '{}'])) as SessionFacts[];
  return facts ?? null;
}

/** What is wrong with the session that asks, in sentences that say what to do. */
export async function sessionComplaints(client: ClientBase, query: Query, rules: SessionRules): Promise<string[]> {
  const [facts] = (await query(READ_SESSION_FACTS, [null, rules.role, JSON.stringify(rules.settings)])) as [
    SessionFacts,
  ];
  if (isPooled(client, facts.backend_pid)) return [poolerComplaint(rules.setting)];
  const login = loginComplaints(facts, rules);
  return login.length > 0 ? login : arrivalComplaints(facts, rules);
}

/** @throws UnsafeSessionError */
export async function refuseUnsafeSession(client: ClientBase, rules: SessionRules): Promise<void> {
  const query: Query = async (text, values) => (await client.query(text, values)).rows as unknown[];
  const complaints = await sessionComplaints(client, query, rules);
  if (complaints.length > 0) throw new UnsafeSessionError(complaints.join(' '));
}

/**
 * Whether something between opens sessions of its own and hands them out. PostgreSQL tells a client the number of its
 * process when the session begins, for cancelling; a pooler tells a number that it made up, for it does not know yet
 * which session will serve the client, and with pooling by transaction there are many. A proxy that passes bytes on
 * changes nothing.
 */
export function isPooled(client: ClientBase, backendPid: number): boolean {
  // The types of the driver do not know it.
  return (client as ClientBase & { processID: number | null }).processID !== backendPid;
}

export function poolerComplaint(setting: SessionRules['setting']): string {
  return (
    `${setting} leads to a connection pooler such as PgBouncer, which gives one session to several clients; set it to ` +
    'PostgreSQL itself (the API keeps few connections, and pools them).'
  );
}

/** What is wrong with what the login can do. */
export function loginComplaints(facts: SessionFacts, { setting, role }: Omit<SessionRules, 'settings'>): string[] {
  const { login, superusers, owned } = facts;
  if (!facts.role_exists) return [`the role ${role} is missing; migrate the database ("npm run migration:run").`];
  if (superusers.includes(login)) {
    return [
      `${setting} signs in as ${login}, a superuser, whom row-level security does not bind; name a login there that may ` +
        `become ${role} and nothing else ("npm run migration:run" makes it), and keep this one for MIGRATION_DATABASE_URL.`,
    ];
  }
  if (superusers.length > 0) return [`the role ${role} is a superuser; run "alter role ${role} nosuperuser".`];
  const complaints: string[] = [];
  if (facts.repairs.length > 0) {
    complaints.push(`${login} could get past row-level security; run "${facts.repairs.join('; ')}".`);
  }
  if (owned.length > 0) {
    const shown = owned.length > 3 ? `${owned.slice(0, 3).join(', ')} and ${owned.length - 3} more` : owned.join(', ');
    complaints.push(
      `${login} owns ${shown}, itself or as ${role}, and could lift row-level security; name a login in ${setting} that ` +
        'owns nothing, and keep the owner for MIGRATION_DATABASE_URL.',
    );
  }
  if (facts.revocations.length > 0) {
    complaints.push(`${login} may become more than ${role}; run "${facts.revocations.join('; ')}".`);
  }
  if (!facts.is_member) {
    complaints.push(`${login} may not become ${role}; run "npm run migration:run", or "grant ${role} to ${login}".`);
  } else if (facts.inherits) {
    complaints.push(
      `${login} has the rights of ${role} without taking the role; run "alter role ${login} noinherit", and from ` +
        `PostgreSQL 16 on "grant ${role} to ${login} with inherit false".`,
    );
  }
  if (facts.open_tables.length > 0) {
    complaints.push(
      `row-level security is not enabled and forced on ${facts.open_tables.join(', ')}; run "alter table … enable row ` +
        'level security, force row level security" for each.',
    );
  }
  return complaints;
}

/** What did not reach the session of what the API starts it with. */
function arrivalComplaints(facts: SessionFacts, { setting, role }: SessionRules): string[] {
  const lost = [...(facts.acting_role === role ? [] : ['role']), ...facts.lost_settings];
  if (lost.length === 0) return [];
  return [
    `sessions of ${setting} begin without ${lost.join(', ')}; what stands between must pass on the start-up parameter ` +
      '"options" as it is.',
  ];
}
