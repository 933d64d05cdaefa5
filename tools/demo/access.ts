import { chmod, readFile, writeFile } from 'node:fs/promises';
import type pg from 'pg';
import { newApiKey } from '../../apps/api/src/modules/auth/auth.public.js';
import { type DemoInvitation, openInvitation } from './invitation.js';
import { CALLING_AGENT, DESTINATION, PASSWORD, users } from './seed-facts.js';

const KEY_NAME = 'Demo dialer';
const KEY_SCOPES = ['calls:authorize', 'calls:settle', 'numbers:read'];

/** What scripts and people need to use the demo: the content of `.ringfence/demo.json`. */
export interface DemoAccess {
  url: string;
  password: string;
  users: { email: string; role: string }[];
  apiKey: string;
  agentId: string;
  destination: string;
  /** Null once it was accepted or revoked. */
  invitation: DemoInvitation | null;
}

/**
 * Writes how the demo is reached. The API key is in this file only, as is the token of the invitation: the database has
 * hashes. Without the file (it was
 * deleted, or the first start was killed before it was written) a new key replaces the old one.
 */
export async function writeAccess(client: pg.Client, file: string, url: string): Promise<DemoAccess> {
  const known = await readAccess(file);
  const access: DemoAccess = {
    url,
    password: PASSWORD,
    users: users.map(({ email, role, platformAdmin }) => ({ email, role: platformAdmin ? 'platform_admin' : role })),
    apiKey: known?.apiKey ?? (await replaceKey(client)),
    agentId: known?.agentId ?? (await callingAgent(client)),
    destination: DESTINATION,
    invitation: await openInvitation(client, known?.invitation),
  };
  await writeFile(file, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  return access;
}

async function readAccess(file: string): Promise<DemoAccess | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DemoAccess;
  } catch {
    return null;
  }
}

async function replaceKey(client: pg.Client): Promise<string> {
  const { key, prefix, keyHash } = newApiKey();
  await client.query(
    `with demo as (
       select o.id as organization_id, u.id as owner_id from organizations o, users u
       where o.slug = 'demo' and u.email = 'owner@demo.test'
     ), revoked as (
       update api_keys k set revoked_at = now() from demo
       where k.organization_id = demo.organization_id and k.name = $1 and k.revoked_at is null
     )
     insert into api_keys (organization_id, name, prefix, key_hash, scopes, created_by)
     select organization_id, $1, $2, $3, $4, owner_id from demo`,
    [KEY_NAME, prefix, keyHash, KEY_SCOPES],
  );
  return key;
}

async function callingAgent(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `select g.id from agents g join organizations o on o.id = g.organization_id
     where o.slug = 'demo' and g.deleted_at is null order by g.name = $1 desc, g.id limit 1`,
    [CALLING_AGENT],
  );
  return rows[0]?.id ?? '';
}
