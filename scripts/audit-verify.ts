import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { type ChainAnchor, verifyChain } from '../apps/api/src/modules/audit/audit.public.js';
import { startupOptions, SYSTEM_SESSION } from '../apps/api/src/platform/database/connection-options.js';

const USAGE = `Computes the chains of audit events anew and names the first link that is broken.

  npm run audit:verify -- [options]

  --organization  slug of one organization (default: every organization)
  --anchor        a head that was printed before, as sequence:hash; needs --organization; may be repeated
  --anchors       a file that was printed with --json before: every head in it is an anchor
  --json          print the result as JSON

It reads the database of SYSTEM_DATABASE_URL. Exit code 0: every chain is intact; 1: one is broken; 2: it could not be checked.
Keep what it prints outside of the database: only against an anchor can a chain be shown to be complete.`;

/** A reason not to go on, in one line that says what to do. */
class Refusal extends Error {}

interface Organization {
  id: string;
  slug: string;
}

/** A head that was kept; the organization by its slug. */
type Anchors = Map<string, ChainAnchor[]>;

const BROKEN = 1;
const NOT_CHECKED = 2;

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help) return say(USAGE);
  const databaseUrl = process.env['SYSTEM_DATABASE_URL'];
  if (!databaseUrl)
    throw new Refusal('SYSTEM_DATABASE_URL is missing: it names the database whose audit events are checked.');
  const anchors = await readAnchors(flags);
  const client = new pg.Client({ connectionString: databaseUrl, options: startupOptions(SYSTEM_SESSION) });
  await client.connect().catch((error: Error) => {
    throw new Refusal(`The database cannot be reached: ${error.message || (error as NodeJS.ErrnoException).code}`);
  });
  try {
    // One snapshot, so that what is written meanwhile cannot look like a break.
    await client.query('begin isolation level repeatable read read only');
    const organizations = await organizationsOf(client, flags.organization);
    const results = [];
    for (const { id, slug } of withLost(organizations, anchors)) {
      const query = async <Row>(sql: string, parameters: readonly unknown[]) =>
        (await client.query(sql, [...parameters])).rows as Row[];
      results.push({ organization: slug, ...(await verifyChain(query, id, { anchors: anchors.get(slug) ?? [] })) });
    }
    if (results.some(({ intact }) => !intact)) process.exitCode = BROKEN;
    if (flags.json)
      return say(JSON.stringify({ checkedAt: new Date().toISOString(), organizations: results }, null, 2));
    for (const { organization, intact, sequence, hash, unlinked, broken } of results) {
      const waiting = unlinked > 0 ? `, ${unlinked} not linked yet` : '';
      if (intact) say(`${organization}: intact, ${sequence} events${waiting}, head ${sequence}:${hash}`);
      else say(`${organization}: BROKEN. ${broken!.detail} ${broken!.eventId ?? ''}`.trimEnd());
    }
  } finally {
    await client.end();
  }
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        organization: { type: 'string' },
        anchor: { type: 'string', multiple: true, default: [] },
        anchors: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new Refusal(`${(error as Error).message}\n\n${USAGE}`);
  }
}

async function readAnchors(flags: ReturnType<typeof readFlags>): Promise<Anchors> {
  const anchors: Anchors = new Map();
  const add = (slug: string, anchor: ChainAnchor) => anchors.set(slug, [...(anchors.get(slug) ?? []), anchor]);
  for (const text of flags.anchor) {
    const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? [];
    if (!sequence || !hash) throw new Refusal(`${text} is no anchor. Write the head as it was printed: 120:9f86d0…`);
    if (!flags.organization) throw new Refusal('--anchor needs --organization: it is the head of one chain.');
    add(flags.organization, { sequence: Number(sequence), hash });
  }
  if (flags.anchors === undefined) return anchors;
  try {
    const kept = JSON.parse(await readFile(flags.anchors, 'utf8')) as {
      organizations: { organization: string; sequence: number; hash: string }[];
    };
    for (const { organization, sequence, hash } of kept.organizations) {
      if (flags.organization === undefined || flags.organization === organization)
        add(organization, { sequence, hash });
    }
  } catch (error) {
    throw new Refusal(`${flags.anchors} cannot be read as an earlier result: ${(error as Error).message}`);
  }
  return anchors;
}

async function organizationsOf(client: pg.Client, slug: string | undefined): Promise<Organization[]> {
  const { rows } = await client.query<Organization>(
    'select id, slug from organizations where $1::text is null or slug = $1 order by slug',
    [slug ?? null],
  );
  if (slug !== undefined && rows.length === 0) throw new Refusal(`There is no organization ${slug}.`);
  return rows;
}

/** @throws Refusal when an anchor's organization is gone, for then its chain is gone as well */
function withLost(organizations: Organization[], anchors: Anchors): Organization[] {
  const lost = [...anchors.keys()].find((slug) => !organizations.some((organization) => organization.slug === slug));
  if (lost !== undefined)
    throw new Refusal(`There is an anchor of the organization ${lost}, but no such organization.`);
  return organizations;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Refusal ? error.message : (error as Error).stack}\n`);
  process.exitCode = NOT_CHECKED;
});
