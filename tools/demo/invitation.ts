import { createHash } from 'node:crypto';
import type pg from 'pg';
import { newInvitationToken } from '../../apps/api/src/modules/auth/auth.public.js';
import { INVITED } from './seed-facts.js';

/** An invitation to try out. The database has a hash of the token only. */
export interface DemoInvitation {
  email: string;
  token: string;
}

/**
 * Keeps one invitation of the demo open, until it is accepted or revoked.
 *
 * @param known the one that was written down at an earlier start; without it a new token replaces the old one
 */
export async function openInvitation(
  client: pg.Client,
  known: DemoInvitation | null | undefined,
): Promise<DemoInvitation | null> {
  const { rows } = await client.query<{ is_open: boolean }>(
    `select accepted_at is null and revoked_at is null as is_open
     from invitations i join organizations o on o.id = i.organization_id
     where o.slug = 'demo' and i.email = $1 order by is_open desc limit 1`,
    [INVITED.email],
  );
  if (rows[0]?.is_open === false) return null;
  const { token, tokenHash } = known ? withHash(known.token) : newInvitationToken();
  await client.query(
    `insert into invitations (organization_id, email, role, token_hash, invited_by, expires_at)
     select o.id, $1, $2, $3, u.id, now() + interval '7 days' from organizations o, users u
     where o.slug = 'demo' and u.email = 'owner@demo.test'
     on conflict (organization_id, lower(email)) where accepted_at is null and revoked_at is null
     do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at`,
    [INVITED.email, INVITED.role, tokenHash],
  );
  return { email: INVITED.email, token };
}

function withHash(token: string) {
  return { token, tokenHash: createHash('sha256').update(token).digest() };
}
