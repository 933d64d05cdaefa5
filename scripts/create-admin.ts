import { parseArgs } from 'node:util';
import pg from 'pg';
import { hashPassword, isPlainEmail } from '../apps/api/src/modules/auth/auth.public.js';
import { startupOptions, SYSTEM_SESSION } from '../apps/api/src/platform/database/connection-options.js';
import { readSchemaState, schemaComplaint } from '../apps/api/src/platform/health/schema-state.js';
import { ask, askSecretly } from './create-admin/prompts.js';
import { weaknessOf } from './create-admin/password-strength.js';

const USAGE = `Makes an organization and its owner in the database of SYSTEM_DATABASE_URL.

  npm run create-admin -- --email you@example.com --organization "Example Ltd" [options]

  --email           e-mail to sign in with
  --organization    name of the organization
  --name            name of the person (default: what stands before the @)
  --time-zone       IANA time zone whose midnight resets the limits (default: UTC)
  --platform-admin  the owner also manages organizations and the pool

What is left out is asked for in a terminal. The password is asked for without showing it, or taken from
RINGFENCE_ADMIN_PASSWORD.`;

/** A reason not to go on, in one line that says what to do. */
class Refusal extends Error {}

interface NewAdmin {
  email: string;
  name: string;
  organization: string;
  slug: string;
  timeZone: string;
  platformAdmin: boolean;
  password: string;
}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help) return say(USAGE);
  const databaseUrl = process.env['SYSTEM_DATABASE_URL'];
  if (!databaseUrl)
    throw new Refusal('SYSTEM_DATABASE_URL is missing: it names the database that the admin is made in.');
  const client = new pg.Client({ connectionString: databaseUrl, options: startupOptions(SYSTEM_SESSION) });
  await client.connect().catch((error: Error) => {
    throw new Refusal(`The database cannot be reached: ${error.message || (error as NodeJS.ErrnoException).code}`);
  });
  try {
    const complaint = schemaComplaint(
      await readSchemaState(async (sql) => (await client.query<{ name: string }>(sql)).rows),
    );
    if (complaint) throw new Refusal(complaint);
    const admin = await collect(flags, client);
    await create(client, admin);
    say(`Made the organization ${admin.organization} (${admin.slug}, ${admin.timeZone}) and its owner ${admin.email}.`);
    if (admin.platformAdmin) say(`${admin.email} is a platform admin as well.`);
  } finally {
    await client.end();
  }
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        email: { type: 'string' },
        organization: { type: 'string' },
        name: { type: 'string' },
        'time-zone': { type: 'string', default: 'UTC' },
        'platform-admin': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new Refusal(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** Takes what the flags say, asks for the rest, and checks each thing before it asks for the next. */
async function collect(flags: ReturnType<typeof readFlags>, client: pg.Client): Promise<NewAdmin> {
  const email = (flags.email ?? (await ask('E-mail', '--email'))).trim().toLowerCase();
  if (!isPlainEmail(email)) throw new Refusal(`${email} is no e-mail address in plain letters, digits and signs.`);
  if (await exists(client, 'select from users where lower(email) = $1', email)) {
    throw new Refusal(`There is a user with the e-mail ${email} already.`);
  }
  const organization = (flags.organization ?? (await ask('Organization', '--organization'))).trim();
  const slug = slugOf(organization);
  if (organization.length > 200 || slug === '')
    throw new Refusal('The name of the organization needs 1 to 200 letters.');
  if (await exists(client, 'select from organizations where slug = $1', slug)) {
    throw new Refusal(`There is an organization ${slug} already. Choose another name.`);
  }
  const timeZone = flags['time-zone'];
  if (!(await exists(client, 'select from pg_timezone_names where name = $1', timeZone))) {
    throw new Refusal(`${timeZone} is no IANA time zone. Write one like America/New_York.`);
  }
  const name = (flags.name ?? email.slice(0, email.indexOf('@'))).trim();
  if (name === '' || name.length > 200) throw new Refusal('The name needs 1 to 200 characters.');
  const password = process.env['RINGFENCE_ADMIN_PASSWORD'] ?? (await askPassword());
  const weakness = weaknessOf(password, [email, name, organization]);
  if (weakness) throw new Refusal(weakness);
  return { email, name, organization, slug, timeZone, platformAdmin: flags['platform-admin'], password };
}

async function askPassword(): Promise<string> {
  const password = await askSecretly('Password', 'RINGFENCE_ADMIN_PASSWORD');
  if (password !== (await askSecretly('Password again', 'RINGFENCE_ADMIN_PASSWORD'))) {
    throw new Refusal('The two passwords differ. Nothing was made.');
  }
  return password;
}

async function exists(client: pg.Client, sql: string, value: string): Promise<boolean> {
  return (await client.query(sql, [value])).rows.length > 0;
}

function slugOf(name: string): string {
  const ascii = name.normalize('NFKD').replace(/[\u0300-\u036f]/g, '');
  return ascii
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}

async function create(client: pg.Client, admin: NewAdmin): Promise<void> {
  const passwordHash = await hashPassword(admin.password);
  await client.query('begin');
  const organization = await client.query<{ id: string }>(
    `insert into organizations (slug, name, time_zone, last_rollup_date)
     values ($1, $2, $3, (ringfence_clock() at time zone $3)::date - 1) returning id`,
    [admin.slug, admin.organization, admin.timeZone],
  );
  const user = await client.query<{ id: string }>(
    'insert into users (email, name, password_hash, platform_admin) values ($1, $2, $3, $4) returning id',
    [admin.email, admin.name, passwordHash, admin.platformAdmin],
  );
  const ids = [organization.rows[0]!.id, user.rows[0]!.id];
  await client.query(`insert into memberships (organization_id, user_id, role) values ($1, $2, 'owner')`, ids);
  await client.query(
    `insert into audit_events (organization_id, actor_kind, actor_label, action, subject_type, subject_id, changes)
     values ($1, 'system', 'create-admin', 'user.created', 'user', $2, $3)`,
    [...ids, JSON.stringify({ email: admin.email, role: 'owner', platformAdmin: admin.platformAdmin })],
  );
  await client.query('commit');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  const expected = error instanceof Refusal || (error as Error).name === 'PromptRefusal';
  process.stderr.write(`${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
});
