import { loginComplaints, type Query, readLoginFacts } from '../health/session-safety.js';
import { APP_ROLE, type SessionRules } from './connection-options.js';
import { scramVerifier } from './scram-verifier.js';
import { databaseErrorOf } from './sqlstate.js';

/** A login of the API that cannot be made ready. The message says what to do. */
export class LoginRefusal extends Error {}

interface Login extends Omit<SessionRules, 'settings'> {
  name: string;
  /** Null where the address has none: the server may know the login by a certificate or by its Unix user. */
  password: string | null;
}

const DUPLICATE_OBJECT = '42710';

/** @throws LoginRefusal when the address names no login */
export function loginOf(url: string, { setting, role }: SessionRules): Login {
  let address: URL;
  try {
    address = new URL(url);
  } catch {
    throw new LoginRefusal(`${setting} is no address. Write it as postgres://login:password@host:5432/database.`);
  }
  const name = decodeURIComponent(address.username);
  if (name === '')
    throw new LoginRefusal(`${setting} names no login. Write it as postgres://login:password@host/name.`);
  const password = decodeURIComponent(address.password);
  return { setting, role, name, password: password === '' ? null : password };
}

/**
 * Makes the logins that are missing and lets each become its one role, as the owner of the tables and of the database.
 * A login that is there keeps its password and its attributes. Run again, it changes nothing.
 *
 * @param query asks as the owner, in the database that the logins are for
 * @returns what was done, a line each
 * @throws LoginRefusal when a login could do more than its role, or cannot be made
 */
export async function prepareLogins(query: Query, logins: readonly Login[]): Promise<string[]> {
  if (logins.length === 2 && logins[0]!.name === logins[1]!.name) {
    throw new LoginRefusal(
      `DATABASE_URL and SYSTEM_DATABASE_URL sign in as ${logins[0]!.name} both. Name a login of its own in each.`,
    );
  }
  const done = await grantTemporaryTables(query);
  for (const login of logins) done.push(...(await prepareLogin(query, login)));
  return done;
}

async function prepareLogin(query: Query, login: Login): Promise<string[]> {
  const done: string[] = [];
  if ((await readLoginFacts(query, login.name, login.role)) === null && (await create(query, login))) {
    done.push(`Made the login ${login.name}`);
  }
  const facts = await factsOf(query, login);
  // Who can do more already is not let become the role as well.
  const complaints = loginComplaints({ ...facts, is_member: true }, login);
  if (complaints.length > 0)
    throw new LoginRefusal(`The login of ${login.setting} is not safe: ${complaints.join(' ')}`);
  if (!facts.is_member && (await grant(query, login))) done.push(`Let ${login.name} become ${login.role}`);
  return done;
}

async function factsOf(query: Query, { name, role }: Login) {
  const facts = await readLoginFacts(query, name, role);
  if (facts === null) throw new LoginRefusal(`The login ${name} vanished while it was made ready. Run this again.`);
  return facts;
}

/** @returns false when another process was faster */
async function create(query: Query, { setting, name, password }: Login): Promise<boolean> {
  const secret = password === null ? '' : ` password '${scramVerifier(password)}'`;
  try {
    await query(
      `create role ${quoted(name)} login nosuperuser noinherit nobypassrls nocreaterole nocreatedb noreplication${secret}`,
      [],
    );
    return true;
  } catch (error) {
    if (databaseErrorOf(error)?.sqlState === DUPLICATE_OBJECT) return false;
    throw new LoginRefusal(
      `The login ${name} of ${setting} is missing and cannot be made (${messageOf(error)}). Let somebody with CREATEROLE ` +
        `run: create role ${quoted(name)} login noinherit password '…'`,
    );
  }
}

async function grant(query: Query, { name, role }: Login): Promise<boolean> {
  const [server] = (await query(
    `select current_setting('server_version_num')::integer >= 160000 as knows_options`,
    [],
  )) as [{ knows_options: boolean }];
  // Before PostgreSQL 16 the login's attribute alone says whether it inherits.
  const statement = `grant ${role} to ${quoted(name)}${server.knows_options ? ' with inherit false, set true' : ''}`;
  try {
    await query(statement, []);
    return true;
  } catch (error) {
    throw new LoginRefusal(
      `${name} cannot be let become ${role} (${messageOf(error)}). Let a superuser, or who made ${role}, run: ${statement}`,
    );
  }
}

/**
 * Uploads are staged in temporary tables, which every role may make by default. Nothing else needs one. Only the owner of
 * the database can change that.
 */
export const TEMPORARY_TABLES = (database: string) => [
  `revoke temporary on database ${quoted(database)} from public`,
  `grant temporary on database ${quoted(database)} to ${APP_ROLE}`,
];

async function grantTemporaryTables(query: Query): Promise<string[]> {
  const [database] = (await query(
    `select d.datname as name, pg_has_role(d.datdba, 'usage') as is_own,
       has_database_privilege($1, d.oid, 'temporary') as is_granted,
       exists (select from aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
         where a.grantee = 0 and a.privilege_type = 'TEMPORARY') as is_everybodys
     from pg_database d where d.datname = current_database()`,
    [APP_ROLE],
  )) as [{ name: string; is_own: boolean; is_granted: boolean; is_everybodys: boolean }];
  if (database.is_own && database.is_everybodys) {
    for (const statement of TEMPORARY_TABLES(database.name)) await query(statement, []);
    return [`Only ${APP_ROLE} may make temporary tables`];
  }
  if (database.is_granted) return [];
  throw new LoginRefusal(
    `Uploads need temporary tables. Let the owner of the database run: ${TEMPORARY_TABLES(database.name)[1]}`,
  );
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
