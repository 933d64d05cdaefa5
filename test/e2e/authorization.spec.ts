import { createHmac } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addMember, createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

const SECRET = 'the secret of this test file, long enough';
const PLATFORM = '00000000-0000-7000-8000-000000000001';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let otherId: string;
let adminId: string;
let token: string;
let sessionId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url, env: { JWT_SECRET: SECRET } });
  organizationId = await createOrganization(db, { slug: 'acme' });
  otherId = await createOrganization(db, { slug: 'rival' });
  adminId = await createUser(db, { organizationId, role: 'admin', email: 'admin@example.test' });
  token = await signIn(api.url, 'admin@example.test');
  sessionId = sessionOf(token);
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const v1 = (path: string) => `${api.url}/api/v1/${path}`;
const jwt = new JwtService({ secret: SECRET });

/** An access token that is right in every way, but for what the test changes. */
function forge(payload: object = {}, options: Parameters<JwtService['sign']>[1] = {}): string {
  return jwt.sign(
    { sub: adminId, org: organizationId, sid: sessionId, ...payload },
    { algorithm: 'HS256', issuer: 'ringfence', audience: 'ringfence-api', expiresIn: 60, ...options },
  );
}

function sessionOf(accessToken: string): string {
  return (jwt.decode(accessToken) as { sid: string }).sid;
}

/** The claims of a good token under another header; without a key there is no signature either. */
function withHeader(header: object, key: string | null): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + 60;
  const claims = { sub: adminId, org: organizationId, sid: sessionId, iss: 'ringfence', aud: 'ringfence-api', exp };
  const text = `${part({ typ: 'JWT', ...header })}.${part(claims)}`;
  return `${text}.${key === null ? '' : createHmac('sha256', key).update(text).digest('base64url')}`;
}

function tampered(): string {
  const [header, , signature] = token.split('.');
  const claims = {
    sub: adminId,
    org: otherId,
    sid: sessionId,
    iss: 'ringfence',
    aud: 'ringfence-api',
    exp: 4_102_444_800,
  };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

describe('a request without valid credentials', () => {
  it('is told to sign in', async () => {
    const { status, body, headers } = await request(v1('users'));
    expect([status, body.code]).toEqual([401, 'authentication_required']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="ringfence"');
  });

  it('is taken when nothing is wrong with its token', async () => {
    for (const good of [forge(), withHeader({ alg: 'HS256' }, SECRET)]) {
      expect((await request(v1('users'), { token: good })).status).toBe(200);
    }
  });

  it.each<[string, () => string]>([
    ['has expired', () => forge({}, { expiresIn: -1 })],
    ['was tampered with', tampered],
    ['names the algorithm none', () => withHeader({ alg: 'none' }, null)],
    ['names the algorithm None', () => withHeader({ alg: 'None' }, null)],
    ['names the algorithm none and is signed', () => withHeader({ alg: 'none' }, SECRET)],
    ['names no algorithm', () => withHeader({}, SECRET)],
    ['names a key file that is empty', () => withHeader({ alg: 'HS256', kid: '../../dev/null' }, '')],
    ['brings its own key along', () => withHeader({ alg: 'HS256', jwk: { kty: 'oct', k: 'aaaa' } }, 'aaaa')],
    ['is signed with another algorithm', () => forge({}, { algorithm: 'HS512' })],
    ['is signed with another secret', () => forge({}, { secret: 'another secret, just as long as that' })],
    ['is for another audience', () => forge({}, { audience: 'somebody-else' })],
    ['is of another issuer', () => forge({}, { issuer: 'somebody-else' })],
    ['names nobody', () => forge({ sub: undefined })],
    ['names no session', () => forge({ sid: undefined })],
    ['names a session that does not exist', () => forge({ sid: '0190aaaa-0000-7000-8000-000000000000' })],
    ['names a session that is no id', () => forge({ sid: [sessionId] })],
    ['names a user who does not exist', () => forge({ sub: '0190aaaa-0000-7000-8000-000000000000' })],
    ['names an organization of which its user is no member', () => forge({ org: otherId })],
    ['names ids that are none', () => forge({ sub: 'x', org: 'y' })],
    ['is none', () => 'abc'],
  ])('is refused when its token %s', async (_what, tokenOf) => {
    const { status, body } = await request(v1('users'), { token: tokenOf() });
    expect([status, body.code]).toEqual([401, 'authentication_required']);
  });

  it('is refused when its token names the session of somebody else', async () => {
    await createUser(db, { organizationId, role: 'admin', email: 'colleague@example.test' });
    const foreign = sessionOf(await signIn(api.url, 'colleague@example.test'));
    const { status, body } = await request(v1('users'), { token: forge({ sid: foreign }) });
    expect([status, body.code]).toEqual([401, 'authentication_required']);
  });

  it('tells an expired token from a wrong one, so that a client knows to refresh', async () => {
    const { body } = await request(v1('users'), { token: forge({}, { expiresIn: -1 }) });
    expect(body.detail).toContain('expired');
  });

  it('does not find out which addresses exist behind a role', async () => {
    expect((await request(v1('users/not-a-uuid'))).status).toBe(401);
  });
});

describe('a user whose access ends', () => {
  it('is refused with the token that they have, when removed by the same process, at once', async () => {
    const id = await createUser(db, { organizationId, role: 'manager', email: 'removed@example.test' });
    const removed = await signIn(api.url, 'removed@example.test');
    expect((await request(v1('organizations/current'), { token: removed })).status).toBe(200);
    expect((await request(v1(`users/${id}`), { method: 'DELETE', token })).status).toBe(200);
    expect((await request(v1('organizations/current'), { token: removed })).status).toBe(401);
  });

  it('is refused when disabled', async () => {
    const id = await createUser(db, { organizationId, role: 'manager', email: 'disabled@example.test' });
    const disabled = await signIn(api.url, 'disabled@example.test');
    await db.query('update users set disabled_at = now() where id = $1', [id]);
    expect((await request(v1('organizations/current'), { token: disabled })).status).toBe(401);
  });
});

describe('a permission that is missing', () => {
  it.each([
    ['manager', 'GET', 'users', 'users:manage'],
    ['manager', 'PUT', 'organizations/current', 'organization:write'],
    ['agent', 'GET', 'api-keys', 'keys:manage'],
    ['admin', 'GET', 'organizations', 'platform:manage'],
  ] as const)('keeps a %s from %s /%s, by name', async (role, method, path, permission) => {
    const email = `${role}-${path.replace('/', '-')}@example.test`;
    await createUser(db, { organizationId, role, email });
    const answer = await request(v1(path), { method, token: await signIn(api.url, email) });
    expect([answer.status, answer.body.code]).toEqual([403, 'permission_denied']);
    expect(answer.body.detail).toContain(permission);
  });

  it('counts for API keys as well: a scope is a permission of the same name', async () => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
    const { status, body } = await request(v1('call-gate/authorize'), { apiKey: key, body: {} });
    expect([status, body.code]).toEqual([403, 'permission_denied']);
    expect(body.detail).toContain('calls:authorize');
  });
});

describe('X-Organization-Id', () => {
  const currentOf = (bearer: string, organization: string) =>
    request(v1('organizations/current'), { token: bearer, headers: { 'x-organization-id': organization } });

  it('chooses among the organizations of a member, with the role that they have there', async () => {
    const id = await createUser(db, { organizationId, role: 'admin', email: 'both@example.test' });
    await addMember(db, otherId, id, 'manager');
    const both = await signIn(api.url, 'both@example.test');
    expect((await currentOf(both, otherId)).body.slug).toBe('rival');
    const headers = { 'x-organization-id': otherId };
    expect((await request(v1('users'), { token: both, headers })).status).toBe(403);
    expect((await request(v1('users'), { token: both })).status).toBe(200);
  });

  it('does not lead into an organization of others, whether or not it exists', async () => {
    for (const organization of [otherId, PLATFORM, '0190aaaa-0000-7000-8000-000000000000']) {
      const { status, body } = await currentOf(token, organization);
      expect([status, body.code]).toEqual([403, 'permission_denied']);
    }
  });

  it('leads a platform administrator into any organization, with every permission', async () => {
    await createUser(db, { organizationId: null, role: 'owner', email: 'root@example.test', platformAdmin: true });
    const root = await signIn(api.url, 'root@example.test');
    expect((await currentOf(root, otherId)).body.slug).toBe('rival');
    expect((await currentOf(root, PLATFORM)).body.slug).toBe('platform');
    const headers = { 'x-organization-id': otherId };
    expect((await request(v1('users'), { token: root, headers })).status).toBe(200);
    expect((await request(v1('organizations'), { token: root, headers })).status).toBe(200);
  });

  it('must be a UUID', async () => {
    const { status, body } = await currentOf(token, 'rival');
    expect([status, body.code]).toEqual([400, 'validation_failed']);
  });

  it('does not lead an API key out of its organization', async () => {
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const gate = (organization: string) =>
      request(v1('call-gate/authorize'), { apiKey: key, body: {}, headers: { 'x-organization-id': organization } });
    expect((await gate(otherId)).status).toBe(403);
    expect((await gate(organizationId)).status).toBe(400);
  });
});
