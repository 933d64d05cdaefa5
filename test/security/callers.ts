import { createHmac, randomUUID } from 'node:crypto';
import { apiKeyScopes, type ApiKeyScope, type Permission } from '#contracts';
import { newApiKey } from '../../apps/api/src/modules/auth/auth.public.js';
import type { TestDatabase } from '../support/database.js';
import { createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';
import type { Column } from './access-table.js';

/** A sender of requests: one way to be what a column of the access table says. */
export interface Caller {
  column: Column;
  /** Which one of the column's callers. */
  name: string;
  headersFor(permission: Permission | null): Record<string, string>;
}

interface Organizations {
  own: string;
  other: string;
  platform: string;
  /** What the limited member is limited to. */
  clientId: string;
}

/** The secret that the API of the test signs access tokens with. */
export const JWT_SECRET = 'a secret of the tests that signs the tokens of the matrix';

/** Makes users, sessions and keys; `agentUserId` becomes the user with the role `agent`. */
export class CallerMaker {
  readonly callers: Caller[] = [];
  agentUserId = '';

  constructor(
    private readonly db: TestDatabase,
    private readonly apiUrl: string,
    private readonly organizations: Organizations,
  ) {}

  async make(): Promise<Caller[]> {
    const { own, other, platform } = this.organizations;
    const owner = await this.session(own, 'owner');
    const key = await this.key(own, apiKeyScopes);
    const otherAdmin = await this.session(other, 'admin');
    const otherKey = await this.key(other, apiKeyScopes);
    this.add('anonymous', 'no credentials', {});
    this.add('owner', 'owner', bearer(owner));
    this.add('admin', 'admin', bearer(await this.session(own, 'admin')));
    this.add('manager', 'manager', bearer(await this.session(own, 'manager')));
    this.add('agent', 'agent', bearer(await this.session(own, 'agent', (id) => (this.agentUserId = id))));
    this.add('limited', 'admin of one client', bearer(await this.limited()));
    this.add('key', 'as Bearer', bearer(key));
    this.add('key', 'as X-API-Key', { 'x-api-key': key });
    this.add('key', 'as Basic', { authorization: `Basic ${Buffer.from(`sip:${key}`).toString('base64')}` });
    this.add('other admin', 'other admin', bearer(otherAdmin));
    this.add('other key', 'other key', bearer(otherKey));
    this.add('astray', 'member, to the other organization', { ...bearer(owner), ...to(other) });
    this.add('astray', 'key, to the other organization', { ...bearer(key), ...to(other) });
    this.add('astray', 'other member, to this organization', { ...bearer(otherAdmin), ...to(own) });
    this.add('astray', 'other key, to this organization', { ...bearer(otherKey), ...to(own) });
    this.add('astray', 'member, to the platform', { ...bearer(owner), ...to(platform) });
    this.add('astray', 'member, to an organization that is not there', { ...bearer(owner), ...to(randomUUID()) });
    const root = await this.session(platform, 'owner', (id) => this.change('users set platform_admin = true', id));
    this.add('platform', 'platform administrator', { ...bearer(root), ...to(own) });
    await this.makeKeysWithout();
    await this.makeEnded(owner, root);
    return this.callers;
  }

  /** A key with every scope but one, for each of them. */
  private async makeKeysWithout(): Promise<void> {
    const keys = new Map<Permission, string>();
    for (const scope of apiKeyScopes) {
      const scopes = apiKeyScopes.filter((one) => one !== scope);
      keys.set(scope, await this.key(this.organizations.own, scopes));
    }
    const any = keys.get('calls:authorize')!;
    // No key can have the other permissions at all.
    const headersFor = (permission: Permission | null) => bearer((permission && keys.get(permission)) ?? any);
    this.callers.push({ column: 'keyless', name: 'every scope but this', headersFor });
  }

  /** Whoever was let in once, and what only looks like a token or a key. */
  private async makeEnded(token: string, root: string): Promise<void> {
    const { own } = this.organizations;
    const removed = await this.session(own, 'admin', (id) => (this.removedUserId = id));
    await this.db.query('delete from memberships where user_id = $1', [this.removedUserId]);
    this.add('ended', 'removed user', bearer(removed));
    let disabledId = '';
    const disabled = await this.session(own, 'admin', (id) => (disabledId = id));
    await this.change('users set disabled_at = now()', disabledId);
    this.add('ended', 'disabled user', bearer(disabled));
    const deleted = await createOrganization(this.db);
    const orphan = await this.session(deleted, 'owner');
    const orphanKey = await this.key(deleted, apiKeyScopes);
    const deletion = await request(`${this.apiUrl}/api/v1/organizations/${deleted}`, { method: 'DELETE', token: root });
    if (deletion.status !== 200) throw new Error(`Deleting an organization was answered ${deletion.status}`);
    this.add('ended', 'owner of a deleted organization', bearer(orphan));
    this.add('ended', 'key of a deleted organization', bearer(orphanKey));
    for (const [name, forged] of Object.entries(forgeries(token))) this.add('ended', name, bearer(forged));
    const revoked = await createApiKey(this.db, { organizationId: own, scopes: [...apiKeyScopes] });
    await this.change('api_keys set revoked_at = now()', revoked.id);
    this.add('ended', 'revoked key', bearer(revoked.key));
    const expiresAt = new Date(Date.now() - 1_000);
    const expired = await createApiKey(this.db, { organizationId: own, scopes: [...apiKeyScopes], expiresAt });
    this.add('ended', 'expired key', bearer(expired.key));
    this.add('ended', 'unknown key', bearer(newApiKey().key));
    this.add('ended', 'shortened key', { 'x-api-key': revoked.key.slice(0, -1) });
    this.add('ended', 'empty Bearer', { authorization: 'Bearer ' });
    this.add('ended', 'password as Basic', { authorization: `Basic ${Buffer.from('owner:x').toString('base64')}` });
  }

  private removedUserId = '';

  private add(column: Column, name: string, headers: Record<string, string>): void {
    this.callers.push({ column, name, headersFor: () => headers });
  }

  private async limited(): Promise<string> {
    return this.session(this.organizations.own, 'admin', (id) =>
      this.db.query('update memberships set client_ids = $2 where user_id = $1', [id, [this.organizations.clientId]]),
    );
  }

  private async session(
    organizationId: string,
    role: 'owner' | 'admin' | 'manager' | 'agent',
    change?: (userId: string) => unknown,
  ): Promise<string> {
    const email = `${randomUUID()}@example.test`;
    const userId = await createUser(this.db, { organizationId, role, email });
    await change?.(userId);
    return signIn(this.apiUrl, email);
  }

  private async key(organizationId: string, scopes: readonly ApiKeyScope[]): Promise<string> {
    return (await createApiKey(this.db, { organizationId, scopes: [...scopes] })).key;
  }

  private async change(update: string, id: string): Promise<void> {
    await this.db.query(`update ${update} where id = $1`, [id]);
  }
}

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });
const to = (organizationId: string) => ({ 'x-organization-id': organizationId });

/** What is made of a good access token without the secret, or with it but too late. */
export function forgeries(token: string): Record<string, string> {
  const [head = '', payload = ''] = token.split('.');
  const claims = decoded(payload);
  const past = Math.floor(Date.now() / 1_000) - 60;
  return {
    'expired token': signed(decoded(head), { ...claims, exp: past }),
    'token signed by nobody': `${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    'token with the signature left out': `${head}.${payload}.`,
    'token of another secret': signed(decoded(head), claims, 'a secret that is long enough but not the one of the API'),
    'token of another issuer': signed(decoded(head), { ...claims, iss: 'elsewhere' }),
    'token for another audience': signed(decoded(head), { ...claims, aud: 'elsewhere' }),
    'token of an algorithm that is not ours': signed({ ...decoded(head), alg: 'HS512' }, claims),
    'token without a user': signed(decoded(head), { ...claims, sub: undefined }),
    'token of a user who is not there': signed(decoded(head), { ...claims, sub: randomUUID() }),
    'token that was changed': `${head}.${encoded({ ...claims, sub: randomUUID() })}.${token.split('.')[2]}`,
  };
}

function signed(head: Record<string, unknown>, claims: Record<string, unknown>, secret = JWT_SECRET): string {
  const text = `${encoded(head)}.${encoded(claims)}`;
  const digest = head['alg'] === 'HS512' ? 'sha512' : 'sha256';
  return `${text}.${createHmac(digest, secret).update(text).digest('base64url')}`;
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
