import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addMember, createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';
import { accept, tokenOf } from '../support/invitations.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let owner: string;
let admin: string;
let serial = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { slug: 'acme', name: 'Acme' });
  await createUser(db, { organizationId, role: 'owner', email: 'owner@acme.test', name: 'Olga' });
  await createUser(db, { organizationId, role: 'admin', email: 'admin@acme.test', name: 'Ada' });
  owner = await signIn(api.url, 'owner@acme.test');
  admin = await signIn(api.url, 'admin@acme.test');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

type Sent = NonNullable<Parameters<typeof request>[1]>;
const send = (path: string, options: Sent = {}) => request(`${api.url}/api/v1${path}`, { token: admin, ...options });
const someEmail = () => `newcomer-${(serial += 1)}@example.test`;
const invite = (facts: Record<string, unknown> = {}, token = admin) =>
  send('/users', { token, body: { email: someEmail(), role: 'manager', ...facts } });
const resend = (id: string, token = admin) => send(`/invitations/${id}/resend`, { token, body: {} });
const revoke = (id: string, token = admin) => send(`/invitations/${id}`, { method: 'DELETE', token });
const preview = (token: string) => send('/invitations/preview', { token: undefined, body: { token } });
const newcomer = (token: string) => ({ token, name: 'Nora', password: 'a password of her own' });
const client = async () =>
  (await send('/clients', { token: owner, body: { name: `Client ${(serial += 1)}` } })).body.id;
const events = (id: string) =>
  db.query('select action, actor_label, changes from audit_events where subject_id = $1 order by id', [id]);

describe('POST /users', () => {
  it('invites, and tells the link this once', async () => {
    const email = someEmail();
    const { status, body } = await invite({ email: ` ${email.toUpperCase()} ` });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      email,
      role: 'manager',
      clientIds: null,
      status: 'pending',
      expiresAt: expect.any(String),
      invitedBy: expect.any(String),
      invitedByName: 'Ada',
      createdAt: expect.any(String),
      link: expect.stringMatching(/^\/#\/invitation\/[\w-]{43}$/),
    });
    const days = (Date.parse(body.expiresAt) - Date.parse(body.createdAt)) / 86_400_000;
    expect(days).toBe(7);
    const { link: _, ...invitation } = body;
    expect((await send(`/invitations/${body.id}`)).body).toEqual(invitation);
    expect(await events(body.id)).toEqual([
      {
        action: 'invitation.created',
        actor_label: 'admin@acme.test',
        changes: { email: { from: null, to: email }, role: { from: null, to: 'manager' } },
      },
    ]);
  });

  it('gives an absolute link where it knows its own address', async () => {
    const known = await startApi({ databaseUrl: db.url, env: { PUBLIC_URL: 'https://calls.acme.test/' } });
    try {
      const answer = await request(`${known.url}/api/v1/users`, {
        token: admin,
        body: { email: someEmail(), role: 'agent' },
      });
      expect(answer.body.link).toMatch(/^https:\/\/calls\.acme\.test\/#\/invitation\/[\w-]{43}$/);
    } finally {
      await known.close();
    }
  });

  it('refuses who is a member, and who is invited already, and says what to do', async () => {
    const member = await invite({ email: 'OWNER@acme.test' });
    expect([member.status, member.body.errors.email]).toEqual([409, expect.stringContaining('is a member')]);
    const email = someEmail();
    await invite({ email });
    const again = await invite({ email });
    expect([again.status, again.body.errors.email]).toEqual([
      409,
      expect.stringContaining('send that invitation again'),
    ]);
  });

  it('invites once when two requests name the same e-mail at once', async () => {
    const email = someEmail();
    const answers = await Promise.all([1, 2, 3, 4].map(() => invite({ email })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it('invites anew whose last invitation has expired, was revoked or accepted by somebody who left since', async () => {
    const email = someEmail();
    const first = (await invite({ email })).body;
    await db.query('update invitations set expires_at = now() where id = $1', [first.id]);
    const second = await invite({ email });
    expect(second.status).toBe(201);
    expect((await send(`/invitations/${first.id}`)).body.status).toBe('expired');
    expect((await resend(first.id)).status).toBe(409);
    await revoke(second.body.id);
    const third = await invite({ email });
    const session = await accept(api.url, newcomer(tokenOf(third.body)));
    await send(`/users/${session.body.user.id}`, { method: 'DELETE' });
    const fourth = await invite({ email });
    expect(fourth.status).toBe(201);
    // They have kept their account, though they are a member of nothing: they come in by its password.
    const back = await accept(api.url, { token: tokenOf(fourth.body), password: newcomer('').password });
    expect([back.status, back.body.user.id]).toEqual([200, session.body.user.id]);
  });

  it.each([
    ['no e-mail', { email: undefined }, 'email'],
    ['an e-mail that is none', { email: 'nobody' }, 'email'],
    ['an endless e-mail', { email: `${'x'.repeat(250)}@example.test` }, 'email'],
    ['a role that is none', { role: 'platform_admin' }, 'role'],
    ['no client', { clientIds: [] }, 'clientIds'],
    ['a client that there is not', { clientIds: ['0190aaaa-0000-7000-8000-000000000000'] }, 'clientIds'],
    ['an owner with a limit', { role: 'owner', clientIds: ['0190aaaa-0000-7000-8000-000000000000'] }, 'clientIds'],
  ])('refuses %s', async (_what, facts, field) => {
    const answer = await invite(facts, owner);
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    expect(Object.keys(answer.body.errors)).toEqual([field]);
  });

  it('is for people who manage users, and lets owners alone invite owners', async () => {
    await createUser(db, { organizationId, role: 'manager', email: 'manager@acme.test' });
    const clientId = await client();
    await createUser(db, { organizationId, role: 'admin', email: 'limited@acme.test', clientIds: [clientId] });
    for (const email of ['manager@acme.test', 'limited@acme.test']) {
      const token = await signIn(api.url, email);
      for (const answer of [await invite({}, token), await send('/invitations', { token })]) {
        expect([email, answer.status, answer.body.code]).toEqual([email, 403, 'permission_denied']);
      }
    }
    const { key } = await createApiKey(db, { organizationId, scopes: ['numbers:write', 'agents:write'] });
    expect((await invite({}, key)).status).toBe(403);
    const byOwner = (await invite({ role: 'owner' }, owner)).body;
    for (const answer of [await invite({ role: 'owner' }), await resend(byOwner.id), await revoke(byOwner.id)]) {
      expect([answer.status, answer.body.code]).toEqual([403, 'permission_denied']);
    }
  });
});

describe('POST /invitations/accept', () => {
  it('makes a newcomer a member with the name and password that they choose, and signs them in', async () => {
    const email = someEmail();
    const invited = (await invite({ email, role: 'agent' })).body;
    const token = tokenOf(invited);
    expect((await preview(token)).body).toEqual({
      organizationName: 'Acme',
      email,
      role: 'agent',
      expiresAt: invited.expiresAt,
    });
    const { status, body, headers } = await accept(api.url, newcomer(token));
    expect(status).toBe(200);
    expect(headers.get('set-cookie')).toContain('HttpOnly');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.user).toMatchObject({ email, name: 'Nora', role: 'agent', organization: { id: organizationId } });
    expect((await send('/auth/me', { token: body.accessToken })).status).toBe(200);
    const cookie = headers.getSetCookie()[0]!.split(';')[0]!;
    const refreshed = await send('/auth/refresh', { token: undefined, body: {}, headers: { cookie } });
    expect(refreshed.body.user.email).toBe(email);
    await expect(signIn(api.url, email, newcomer('').password)).resolves.toMatch(/^eyJ/);
    expect((await send(`/invitations/${invited.id}`)).body.status).toBe('accepted');
    expect((await events(invited.id))[1]).toEqual({
      action: 'invitation.accepted',
      actor_label: email,
      changes: { role: { from: null, to: 'agent' }, email, address: expect.any(String) },
    });
    const timeline = await send(`/audit-events?filter=${JSON.stringify({ recordId: body.user.id })}`);
    expect(timeline.body.map(({ action }: { action: string }) => action)).toContain('invitation.accepted');
  });

  it('takes in who is signed in with that e-mail, and begins a session in the new organization', async () => {
    const email = someEmail();
    const elsewhere = await createOrganization(db);
    await createUser(db, { organizationId: elsewhere, role: 'agent', email: email.toUpperCase(), name: 'Sam' });
    const token = tokenOf((await invite({ email })).body);
    const { status, body } = await accept(api.url, { token }, await signIn(api.url, email));
    expect(status).toBe(200);
    expect(body.user).toMatchObject({ name: 'Sam', role: 'manager', organization: { id: organizationId } });
    expect((await send('/organizations/current', { token: body.accessToken })).body.id).toBe(organizationId);
    await expect(signIn(api.url, email)).resolves.toMatch(/^eyJ/);
  });

  it.each([
    ['no name', { name: undefined }, 'name'],
    ['an empty name', { name: '  ' }, 'name'],
    ['no password', { password: undefined }, 'password'],
    ['a short password', { password: 'eleven char' }, 'password'],
    ['an endless password', { password: 'x'.repeat(257) }, 'password'],
    ['a field that there is not', { role: 'owner' }, 'role'],
  ])('refuses %s of a newcomer, who may try again', async (_what, facts, field) => {
    const token = tokenOf((await invite()).body);
    const answer = await accept(api.url, { ...newcomer(token), ...facts });
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [field]]);
    expect((await accept(api.url, newcomer(token))).status).toBe(200);
  });

  it('refuses the e-mail as a password', async () => {
    const email = `${'long'.repeat(4)}@example.test`;
    const token = tokenOf((await invite({ email })).body);
    for (const password of [email, email.toUpperCase(), 'long'.repeat(4)]) {
      const answer = await accept(api.url, { ...newcomer(token), password });
      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['password']]);
    }
  });
});

describe('an invitation whose inviter', () => {
  async function inviter(role: 'owner' | 'admin') {
    const email = someEmail();
    const id = await createUser(db, { organizationId, role, email });
    return { id, token: await signIn(api.url, email) };
  }
  const change = (id: string, body: unknown) => send(`/users/${id}`, { method: 'PUT', token: owner, body });

  it.each([
    ['was removed', 'admin', 'agent', (id: string) => send(`/users/${id}`, { method: 'DELETE', token: owner })],
    ['became a manager', 'admin', 'agent', (id: string) => change(id, { role: 'manager' })],
    ['is an owner no more', 'owner', 'owner', (id: string) => change(id, { role: 'admin' })],
    ['was limited to a client', 'admin', 'agent', async (id: string) => change(id, { clientIds: [await client()] })],
  ] as const)('%s is revoked', async (_what, role, invited, takeAway) => {
    const { id, token } = await inviter(role);
    const { body } = await invite({ role: invited }, token);
    await takeAway(id);
    expect((await accept(api.url, newcomer(tokenOf(body)))).body.code).toBe('invitation_invalid');
    expect((await send(`/invitations/${body.id}`)).body.status).toBe('revoked');
    const trail = await db.query(
      `select changes -> 'invitationsRevoked' as revoked from audit_events
       where subject_id = $1 and action in ('user.updated', 'user.removed')`,
      [id],
    );
    expect(trail).toEqual([{ revoked: 1 }]);
  });

  it.each([
    ['was disabled', (id: string) => db.query('update users set disabled_at = now() where id = $1', [id])],
    [
      'lost the role without this API',
      (id: string) => db.query(`update memberships set role = 'agent' where user_id = $1`, [id]),
    ],
    ['left without this API', (id: string) => db.query('delete from memberships where user_id = $1', [id])],
  ])('%s opens nothing, until somebody else sends it', async (_what, takeAway) => {
    const { id, token } = await inviter('admin');
    const { body } = await invite({}, token);
    await takeAway(id);
    for (const answer of [await preview(tokenOf(body)), await accept(api.url, newcomer(tokenOf(body)))]) {
      expect(answer.body.code).toBe('invitation_invalid');
    }
    const again = await resend(body.id);
    expect((await accept(api.url, newcomer(tokenOf(again.body)))).status).toBe(200);
  });

  it('is an owner no more still opens what an admin may give', async () => {
    const { id, token } = await inviter('owner');
    const { body } = await invite({}, token);
    await change(id, { role: 'admin' });
    expect((await accept(api.url, newcomer(tokenOf(body)))).status).toBe(200);
  });

  it('is a platform administrator without a membership opens it', async () => {
    await createUser(db, { organizationId: null, role: 'owner', platformAdmin: true, email: 'root@acme.test' });
    const token = await signIn(api.url, 'root@acme.test');
    const body = { email: someEmail(), role: 'owner' };
    const invited = await send('/users', { token, body, headers: { 'x-organization-id': organizationId } });
    expect((await accept(api.url, newcomer(tokenOf(invited.body)))).body.user.role).toBe('owner');
    await db.query(`update users set platform_admin = false where email = 'root@acme.test'`);
  });

  it('is removed while it is accepted makes no member who outlasts them unseen', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, token } = await inviter('admin');
      const { body } = await invite({}, token);
      const [accepted, removed] = await Promise.all([
        accept(api.url, newcomer(tokenOf(body))),
        send(`/users/${id}`, { method: 'DELETE', token: owner }),
      ]);
      expect(removed.status).toBe(200);
      const { status } = (await send(`/invitations/${body.id}`)).body;
      expect([accepted.status, status]).toEqual(accepted.status === 200 ? [200, 'accepted'] : [404, 'revoked']);
    }
  });
});

describe('an invitation for clients', () => {
  it('limits who accepts it to them', async () => {
    const clientId = await client();
    const { body } = await invite({ role: 'admin', clientIds: [clientId] });
    expect(body.clientIds).toEqual([clientId]);
    const session = await accept(api.url, newcomer(tokenOf(body)));
    expect((await send(`/users/${session.body.user.id}`)).body.clientIds).toEqual([clientId]);
    expect(session.body.user.permissions).not.toContain('users:manage');
  });

  it('is for those that are left when some are deleted, and for nothing when all are: never for everything', async () => {
    const [gone, left] = [await client(), await client()];
    const both = (await invite({ clientIds: [gone, left] })).body;
    const one = (await invite({ clientIds: [gone] })).body;
    await send(`/clients/${gone}`, { method: 'DELETE', token: owner });
    const session = await accept(api.url, newcomer(tokenOf(both)));
    expect((await send(`/users/${session.body.user.id}`)).body.clientIds).toEqual([left]);
    for (const answer of [await preview(tokenOf(one)), await accept(api.url, newcomer(tokenOf(one)))]) {
      expect(answer.body.code).toBe('invitation_invalid');
    }
  });
});

describe('an invitation of an organization that is deleted', () => {
  it('opens nothing', async () => {
    const doomed = await createOrganization(db);
    await addMember(
      db,
      doomed,
      await createUser(db, { organizationId: null, role: 'owner', email: 'doomed@acme.test' }),
      'owner',
    );
    const { body } = await invite({}, await signIn(api.url, 'doomed@acme.test'));
    await db.query('update organizations set deleted_at = now(), suspended_at = now() where id = $1', [doomed]);
    expect((await accept(api.url, newcomer(tokenOf(body)))).body.code).toBe('invitation_invalid');
  });
});

describe('sending again and revoking', () => {
  it('makes a new link and leaves the old one dead', async () => {
    const first = (await invite()).body;
    await db.query(`update invitations set expires_at = now() - interval '1 day' where id = $1`, [first.id]);
    expect((await send(`/invitations/${first.id}`)).body.status).toBe('expired');
    const { status, body } = await resend(first.id, owner);
    expect([status, body.status, body.invitedByName]).toEqual([200, 'pending', 'Olga']);
    expect(tokenOf(body)).not.toBe(tokenOf(first));
    expect((await preview(tokenOf(first))).body.code).toBe('invitation_invalid');
    expect((await preview(tokenOf(body))).status).toBe(200);
    expect((await events(first.id)).at(-1)).toMatchObject({
      action: 'invitation.resent',
      actor_label: 'owner@acme.test',
    });
  });

  it('ends an invitation, once', async () => {
    const { body } = await invite();
    const answers = [await revoke(body.id), await revoke(body.id)];
    for (const answer of answers) expect([answer.status, answer.body.status]).toEqual([200, 'revoked']);
    expect((await preview(tokenOf(body))).body.code).toBe('invitation_invalid');
    expect((await resend(body.id)).body.detail).toContain('Invite them anew');
    const actions = (await events(body.id)).map(({ action }) => action as string);
    expect(actions).toEqual(['invitation.created', 'invitation.revoked']);
  });

  it('does neither to one that was accepted', async () => {
    const { body } = await invite();
    await accept(api.url, newcomer(tokenOf(body)));
    for (const answer of [await revoke(body.id), await resend(body.id)]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
    }
  });

  it('answers 404 for what is not there', async () => {
    const id = '0190aaaa-0000-7000-8000-000000000000';
    for (const answer of [await revoke(id), await resend(id), await send(`/invitations/${id}`)]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'record_not_found']);
    }
  });
});

describe('GET /invitations', () => {
  it('lists them, filtered, sorted and counted', async () => {
    const other = await createOrganization(db);
    await createUser(db, { organizationId: other, role: 'owner', email: 'owner@list.test' });
    const token = await signIn(api.url, 'owner@list.test');
    const made = [];
    for (const email of ['b@list.test', 'a@list.test', 'c@list.test']) made.push((await invite({ email }, token)).body);
    await revoke(made[2].id, token);
    const list = async (query: string) => {
      const { body, headers } = await send(`/invitations?${query}`, { token });
      return [body.map(({ email }: { email: string }) => email[0]).join(''), headers.get('content-range')];
    };
    expect(await list('')).toEqual(['cab', 'invitations 0-2/3']);
    expect(await list('filter={"status":"pending"}&sort=["email","ASC"]&range=[0,0]')).toEqual([
      'a',
      'invitations 0-0/2',
    ]);
    expect(await list('filter={"status":["expired","revoked"]}')).toEqual(['c', 'invitations 0-0/1']);
    expect(await list('filter={"status":[]}')).toEqual(['', 'invitations */0']);
    expect(await list('filter={"q":"C@"}')).toEqual(['c', 'invitations 0-0/1']);
    expect(await list(`filter={"id":["${made[1].id}"]}`)).toEqual(['a', 'invitations 0-0/1']);
    expect((await send('/invitations?filter={"status":"lost"}', { token })).status).toBe(400);
    expect(JSON.stringify((await send('/invitations', { token })).body)).not.toContain(tokenOf(made[0]));
  });
});
