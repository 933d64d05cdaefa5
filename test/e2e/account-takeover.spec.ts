import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { addMember, createOrganization, createUser, PASSWORD, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';
import { accept, tokenOf } from '../support/invitations.js';

let db: TestDatabase;
let api: RunningApi;
let serial = 0;
const log: string[] = [];

/** Two organizations and their admins: one attacks, the other is attacked. */
let evil: { id: string; admin: string };
let good: { id: string; admin: string };

async function organization(slug: string) {
  const id = await createOrganization(db, { slug, name: slug });
  await createUser(db, { organizationId: id, role: 'owner', email: `owner@${slug}.test` });
  return { id, admin: await signIn(api.url, `owner@${slug}.test`) };
}

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url, onLog: (line) => log.push(line) });
  evil = await organization('evil');
  good = await organization('good');
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

const users = () => `${api.url}/api/v1/users`;
const invite = (token: string, email: string, role = 'manager') => request(users(), { token, body: { email, role } });
const me = (token: string) => request(`${api.url}/api/v1/auth/me`, { token });
const preview = (token: string) => request(`${api.url}/api/v1/invitations/preview`, { body: { token } });
const logIn = (email: string, password: string) =>
  request(`${api.url}/api/v1/auth/login`, { body: { email, password } });
const someEmail = () => `person-${(serial += 1)}@example.test`;
const newcomer = (token: string) => ({ token, name: 'Nora', password: 'a password of her own' });

async function rolesOf(email: string): Promise<Record<string, string>> {
  const rows = await db.query(
    `select o.slug, m.role from memberships m join users u on u.id = m.user_id join organizations o on o.id = m.organization_id
     where lower(u.email) = lower($1)`,
    [email],
  );
  return Object.fromEntries(rows.map(({ slug, role }) => [slug, role])) as Record<string, string>;
}

/** What an answer tells, without what is new in every answer. */
function reportOf({ status, body }: { status: number; body: Record<string, unknown> }, email: string) {
  const text = JSON.stringify({ ...body, id: '', createdAt: '', expiresAt: '', link: '', requestId: '' });
  return [status, text.replaceAll(email, 'EMAIL')];
}

describe('an organization that invites an e-mail', () => {
  /** Every kind of person there is outside of the organization. */
  const strangers: Record<string, () => Promise<string>> = {
    'a member of another organization': async () => {
      const email = someEmail();
      await createUser(db, { organizationId: good.id, role: 'owner', email, name: 'A secret name' });
      return email;
    },
    'a disabled user': async () => {
      const email = someEmail();
      const id = await createUser(db, { organizationId: good.id, role: 'admin', email });
      await db.query('update users set disabled_at = now() where id = $1', [id]);
      return email;
    },
    'a platform administrator': async () => {
      const email = someEmail();
      await createUser(db, { organizationId: null, role: 'owner', email, platformAdmin: true });
      return email;
    },
    'a user of no organization': async () => {
      const email = someEmail();
      await createUser(db, { organizationId: null, role: 'owner', email });
      return email;
    },
    'somebody whom another organization has invited': async () => {
      const email = someEmail();
      await invite(good.admin, email);
      return email;
    },
    'somebody who has accepted and was removed elsewhere': async () => {
      const email = someEmail();
      const accepted = await accept(api.url, newcomer(tokenOf((await invite(good.admin, email)).body)));
      await request(`${users()}/${accepted.body.user.id}`, { method: 'DELETE', token: good.admin });
      return email;
    },
  };

  it.each(Object.entries(strangers))('learns nothing about %s', async (_who, stranger) => {
    const [known, unknown] = [await stranger(), someEmail()];
    const before = await rolesOf(known);
    const answers = [await invite(evil.admin, known), await invite(evil.admin, unknown)] as const;
    expect(answers[0].status).toBe(201);
    expect(reportOf(answers[0], known)).toEqual(reportOf(answers[1], unknown));
    const invitations = `${api.url}/api/v1/invitations`;
    for (const look of [
      (id: string) => request(`${invitations}/${id}`, { token: evil.admin }),
      (id: string) => request(`${invitations}?filter=${JSON.stringify({ id: [id] })}`, { token: evil.admin }),
    ]) {
      const [one, other] = [await look(answers[0].body.id), await look(answers[1].body.id)];
      const [first, second] = [one, other].map(({ status, body }) => ({ status, body: [body].flat()[0] }));
      expect(reportOf(first!, known)).toEqual(reportOf(second!, unknown));
    }
    // Who holds the link learns no more: as long as no mail is sent, that is the admin.
    const previews = [await preview(tokenOf(answers[0].body)), await preview(tokenOf(answers[1].body))] as const;
    expect(reportOf(previews[0], known)).toEqual(reportOf(previews[1], unknown));
    expect(await rolesOf(known)).toEqual(before);
  });

  it('answers the same to a second invitation of each', async () => {
    const [known, unknown] = [await strangers['a disabled user']!(), someEmail()];
    for (const email of [known, unknown]) await invite(evil.admin, email);
    const again = [await invite(evil.admin, known), await invite(evil.admin, unknown)] as const;
    expect(again[0].status).toBe(409);
    expect(reportOf(again[0], known)).toEqual(reportOf(again[1], unknown));
  });

  it('does nothing with users before the invitation is accepted', async () => {
    const count = async () => (await db.query('select count(*)::int from users'))[0];
    const before = await count();
    await invite(evil.admin, someEmail());
    expect(await count()).toEqual(before);
  });

  it.each([
    ['a password', { password: 'chosen by somebody else' }],
    ['a name', { name: 'Chosen' }],
    ['an id', { id: '0190aaaa-0000-7000-8000-000000000000' }],
    ['a flag', { platformAdmin: true }],
    ['an organization', { organizationId: '0190aaaa-0000-7000-8000-000000000000' }],
  ])('cannot send %s along', async (_what, extra) => {
    const body = { email: someEmail(), role: 'agent', ...extra };
    const answer = await request(users(), { token: evil.admin, body });
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, Object.keys(extra)]);
  });
});

describe('an e-mail', () => {
  it.each([
    ['capitals', (email: string) => email.toUpperCase()],
    ['spaces around it', (email: string) => `  ${email}\t\n`],
    ['a space of no width and no break around it', (email: string) => `\ufeff${email}\u00a0`],
  ])('with %s is the same', async (_what, change) => {
    const email = someEmail();
    const { body } = await invite(good.admin, email);
    expect((await invite(good.admin, change(email))).status).toBe(409);
    await accept(api.url, newcomer(tokenOf(body)));
    expect((await invite(good.admin, change(email))).body.detail).toContain('member');
    const elsewhere = await invite(evil.admin, change(email));
    expect([elsewhere.status, elsewhere.body.email]).toEqual([201, email]);
    // It is the same account, which keeps its password.
    expect((await accept(api.url, newcomer(tokenOf(elsewhere.body)))).status).toBe(200);
    const { status, body: refusal } = await accept(api.url, {
      ...newcomer(tokenOf((await invite((await organization(`org-${serial}`)).admin, change(email))).body)),
      password: 'what the attacker likes',
    });
    expect([status, refusal.code]).toEqual([401, 'invalid_credentials']);
    expect(Object.keys(await rolesOf(email)).sort()).toEqual(['evil', 'good']);
  });

  it.each([
    ['a dot in it', (name: string) => `${name.slice(0, 2)}.${name.slice(2)}`],
    ['a plus behind it', (name: string) => `${name}+tag`],
    ['a dash behind it', (name: string) => `${name}-tag`],
  ])('with %s is another, and has nothing of the first', async (_what, change) => {
    const email = someEmail();
    await createUser(db, { organizationId: good.id, role: 'owner', email });
    const [name, domain] = email.split('@') as [string, string];
    const similar = `${change(name)}@${domain}`;
    const { body } = await invite(evil.admin, similar);
    expect((await accept(api.url, newcomer(tokenOf(body)))).status).toBe(200);
    expect([await rolesOf(email), await rolesOf(similar)]).toEqual([{ good: 'owner' }, { evil: 'manager' }]);
    expect((await logIn(email, newcomer('').password)).status).toBe(401);
  });

  it.each([
    ['İ, which many locales make an i', 'vİctim@example.test'],
    ['ı, which they make an I', 'vıctim@example.test'],
    ['ſ, which is an S in capitals', 'vſctim@example.test'],
    ['the sign of Kelvin, a k in small letters', 'vi\u212atim@example.test'],
    ['a Cyrillic letter that looks the same', 'v\u0456ctim@example.test'],
    ['a letter composed of two', 'vi\u0301ctim@example.test'],
    ['the same letter composed', 'v\u00edctim@example.test'],
    ['a full-width letter', 'v\uff49ctim@example.test'],
    ['a full-width at sign', 'victim\uff20example.test'],
    ['a full-width dot', 'victim@example\uff0etest'],
    ['letters of other alphabets in the domain', 'victim@ex\u00e4mple.test'],
    ['a mark that turns the direction', 'victim\u202e@example.test'],
    ['an invisible space', 'vic\u200btim@example.test'],
    ['a soft hyphen', 'vic\u00adtim@example.test'],
    ['a NUL', 'victim\u0000@example.test'],
    ['a line break and a header', 'victim@example.test\r\nBcc: me@evil.test'],
    ['a dot at the end', 'victim@example.test.'],
    ['a dot at the end of the name', 'victim.@example.test'],
    ['two dots', 'vic..tim@example.test'],
    ['quotes', '"victim"@example.test'],
    ['a comment', 'victim(me)@example.test'],
    ['a display name', 'Victim <victim@example.test>'],
    ['two at signs', 'victim@evil.test@example.test'],
    ['two addresses', 'victim@example.test,me@evil.test'],
    ['an address of the network', 'victim@[127.0.0.1]'],
    ['no top-level domain', 'victim@localhost'],
    ['percent signs for a space', 'victim%20@exam%70le.test'],
    ['an array', ['victim@example.test']],
    ['an object', { toString: 'victim@example.test' }],
  ])('with %s is refused', async (_what, email) => {
    const answer = await request(users(), { token: evil.admin, body: { email, role: 'agent' } });
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
  });

  it('outside of ASCII cannot become one of a user by any way', async () => {
    const insert = db.query(`insert into users (email, name, password_hash) values ('vİctim@example.test', 'x', 'x')`);
    await expect(insert).rejects.toMatchObject({ constraint: 'users_email_is_ascii' });
  });
});

describe('an attacker', () => {
  it('who holds a link to a victim with an account gets nothing with any password of their own', async () => {
    const email = someEmail();
    await createUser(db, { organizationId: good.id, role: 'owner', email, name: 'Vera' });
    const token = tokenOf((await invite(evil.admin, email)).body);
    for (const body of [newcomer(token), { token, password: 'guessed it is' }]) {
      const { status, body: problem } = await accept(api.url, body);
      expect([status, problem.code]).toEqual([401, 'invalid_credentials']);
    }
    expect((await logIn(email, PASSWORD)).body.user).toMatchObject({ name: 'Vera', organization: { slug: 'good' } });
    expect(await rolesOf(email)).toEqual({ good: 'owner' });
  });

  it('who guesses by invitations is slowed like one who guesses at the sign-in', async () => {
    const email = someEmail();
    await createUser(db, { organizationId: good.id, role: 'owner', email });
    const token = tokenOf((await invite(evil.admin, email)).body);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      statuses.push((await accept(api.url, { token, password: `guess ${attempt}` })).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(-2)).toEqual([429, 429]);
  });

  it('who accepted for the victim, before the victim had an account, does not get into an organization that invites them later', async () => {
    const email = someEmail();
    const squat = newcomer(tokenOf((await invite(evil.admin, email)).body));
    const squatted = await accept(api.url, squat);
    expect(squatted.status).toBe(200);
    const theirs = tokenOf((await invite(good.admin, email)).body);
    // The attacker has the account, but not the link.
    expect((await logIn(email, squat.password)).body.user.organization.slug).toBe('evil');
    const inGood = await request(`${api.url}/api/v1/auth/me`, {
      token: squatted.body.accessToken,
      headers: { 'x-organization-id': good.id },
    });
    expect([inGood.status, inGood.body.code]).toEqual([403, 'permission_denied']);
    expect(await rolesOf(email)).toEqual({ evil: 'manager' });
    // The victim has the link, but not the account: they are told, and the squatter's password stays what it is.
    const victim = await accept(api.url, { ...newcomer(theirs), password: 'what the victim chose' });
    expect([victim.status, victim.body.code]).toEqual([401, 'invalid_credentials']);
    expect((await logIn(email, 'what the victim chose')).status).toBe(401);
    expect(await rolesOf(email)).toEqual({ evil: 'manager' });
  });

  it('whose own organization is the one that was joined first gets no further than before', async () => {
    const email = someEmail();
    await createUser(db, { organizationId: good.id, role: 'agent', email });
    const token = tokenOf((await invite(evil.admin, email, 'owner')).body);
    const { body } = await accept(api.url, { token, password: PASSWORD });
    expect(body.user.organization.slug).toBe('evil');
    expect(await rolesOf(email)).toEqual({ good: 'agent', evil: 'owner' });
    const member = `${users()}/${body.user.id}`;
    const rename = await request(member, { method: 'PUT', token: evil.admin, body: { name: 'Renamed' } });
    expect([rename.status, Object.keys(rename.body.errors)]).toEqual([400, ['name']]);
    for (const change of [{ email: 'me@evil.test' }, { password: 'x'.repeat(12) }, { platformAdmin: true }]) {
      expect((await request(member, { method: 'PUT', token: evil.admin, body: change })).status).toBe(400);
    }
    expect((await request(member, { token: evil.admin })).body).toEqual({
      id: body.user.id,
      email,
      name: expect.any(String),
      role: 'owner',
      clientIds: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
  });

  it('who is signed in as another cannot accept in the place of the invited', async () => {
    const email = someEmail();
    const token = tokenOf((await invite(good.admin, email, 'owner')).body);
    const { status, body } = await accept(api.url, { token }, evil.admin);
    expect([status, body.code]).toEqual([403, 'permission_denied']);
    expect(await rolesOf('owner@evil.test')).toEqual({ evil: 'owner' });
    expect((await preview(token)).status).toBe(200);
  });

  it('who is signed in cannot change name or password of the account by accepting', async () => {
    const email = someEmail();
    await createUser(db, { organizationId: good.id, role: 'agent', email });
    const session = await signIn(api.url, email);
    const token = tokenOf((await invite(evil.admin, email)).body);
    for (const [field, extra] of [
      ['password', { password: 'a new long password' }],
      ['name', { name: 'Renamed' }],
    ] as const) {
      const answer = await accept(api.url, { token, ...extra }, session);
      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [field]]);
    }
    expect((await logIn(email, PASSWORD)).status).toBe(200);
  });

  it('whose own key or session has ended is refused, and not taken for somebody who is not signed in', async () => {
    const token = tokenOf((await invite(good.admin, someEmail())).body);
    const answer = await accept(api.url, newcomer(token), `${good.admin}x`);
    expect([answer.status, answer.body.code]).toEqual([401, 'authentication_required']);
    expect((await preview(token)).status).toBe(200);
  });

  it('gets one and the same answer for every token that opens nothing', async () => {
    const used = tokenOf((await invite(good.admin, someEmail())).body);
    await accept(api.url, newcomer(used));
    const made = async () => (await invite(good.admin, someEmail())).body;
    const invitations = `${api.url}/api/v1/invitations`;
    const revoked = await made();
    await request(`${invitations}/${revoked.id}`, { method: 'DELETE', token: good.admin });
    const replaced = await made();
    await request(`${invitations}/${replaced.id}/resend`, { token: good.admin, body: {} });
    const expired = await made();
    await db.query(`update invitations set expires_at = now() where id = $1`, [expired.id]);
    const right = tokenOf(await made());
    const tokens = {
      used,
      revoked: tokenOf(revoked),
      replaced: tokenOf(replaced),
      expired: tokenOf(expired),
      none: 'x',
      random: `${'A'.repeat(43)}`,
      upperCase: right.toUpperCase(),
      cut: right.slice(0, -1),
      longer: `${right}A`,
      spaced: ` ${right}`,
      padded: `${right}=`,
      wrongLastLetter: right.slice(0, -1) + (right.endsWith('A') ? 'E' : 'A'),
      sameBits: right.slice(0, -1) + String.fromCharCode(right.charCodeAt(42) + 1),
      hash: Buffer.from(
        (await db.query('select token_hash from invitations limit 1'))[0]!['token_hash'] as Buffer,
      ).toString('base64url'),
    };
    for (const [what, token] of Object.entries(tokens)) {
      for (const answer of [
        await preview(token),
        await accept(api.url, newcomer(token)),
        await accept(api.url, { token }, evil.admin),
      ]) {
        const { requestId: _, ...body } = answer.body;
        expect([what, answer.status, body]).toEqual([
          what,
          404,
          expect.objectContaining({
            code: 'invitation_invalid',
            detail: 'This invitation is not valid (any longer). Ask for a new link.',
          }),
        ]);
      }
    }
    expect((await preview(right)).status).toBe(200);
  });

  it('has nothing to do with the invitations of another organization', async () => {
    const email = someEmail();
    const { id } = (await invite(good.admin, email)).body;
    const address = `${api.url}/api/v1/invitations/${id}`;
    const absent = `${api.url}/api/v1/invitations/0190aaaa-0000-7000-8000-000000000000`;
    for (const [suffix, options] of [
      ['', {}],
      ['', { method: 'DELETE' }],
      ['/resend', { body: {} }],
    ] as const) {
      const [theirs, none] = [
        await request(address + suffix, { ...options, token: evil.admin }),
        await request(absent + suffix, { ...options, token: evil.admin }),
      ];
      expect([theirs.status, theirs.body.code]).toEqual([404, 'record_not_found']);
      expect({ ...theirs.body, requestId: '' }).toEqual({ ...none.body, requestId: '' });
    }
    const { body } = await request(`${api.url}/api/v1/invitations?range=[0,999]`, { token: evil.admin });
    expect(JSON.stringify(body)).not.toContain(email);
  });
});

describe('an invitation', () => {
  it('is accepted exactly once by twenty at the same moment', async () => {
    const email = someEmail();
    const token = tokenOf((await invite(good.admin, email)).body);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        accept(api.url, { token, name: `N ${n}`, password: `password number ${n}` }),
      ),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 200).map(({ body }) => body.code as string);
    // Who comes when the account is there already is asked for its password; all others find the link used.
    expect(refused.every((code) => ['invitation_invalid', 'invalid_credentials'].includes(code))).toBe(true);
    expect(await db.query('select name from users where email = $1', [email])).toEqual([
      { name: won[0]!.body.user.name },
    ]);
    expect(await rolesOf(email)).toEqual({ good: 'manager' });
    const events = await db.query(
      `select from audit_events where action = 'invitation.accepted' and changes ->> 'email' = $1`,
      [email],
    );
    expect(events).toHaveLength(1);
  });

  it('is accepted exactly once by twenty tabs of somebody who is signed in', async () => {
    const email = someEmail();
    await createUser(db, { organizationId: evil.id, role: 'agent', email });
    const session = await signIn(api.url, email);
    const token = tokenOf((await invite(good.admin, email)).body);
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(api.url, { token }, session)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(19).fill(404)]);
  });

  it('of two organizations for one new e-mail, accepted at once, makes one account', async () => {
    const email = someEmail();
    const [one, other] = [
      tokenOf((await invite(good.admin, email)).body),
      tokenOf((await invite(evil.admin, email)).body),
    ];
    const answers = await Promise.all([
      accept(api.url, { token: one, name: 'One', password: 'the first password' }),
      accept(api.url, { token: other, name: 'Other', password: 'the other password' }),
    ]);
    const statuses = answers.map(({ status }) => status).sort();
    expect([
      [200, 401],
      [200, 409],
    ]).toContainEqual(statuses);
    expect(Object.keys(await rolesOf(email))).toHaveLength(1);
    expect(await db.query('select count(*)::int from users where lower(email) = $1', [email])).toEqual([{ count: 1 }]);
  });

  it('of somebody who is a member by now changes nothing', async () => {
    const email = someEmail();
    const token = tokenOf((await invite(good.admin, email, 'owner')).body);
    await addMember(db, good.id, await createUser(db, { organizationId: null, role: 'agent', email }), 'agent');
    const answer = await accept(api.url, { token, password: PASSWORD });
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
    expect(await rolesOf(email)).toEqual({ good: 'agent' });
  });

  it('leaves its token and passwords nowhere', async () => {
    const email = someEmail();
    const first = (await invite(good.admin, email)).body;
    const again = await request(`${api.url}/api/v1/invitations/${first.id}/resend`, { token: good.admin, body: {} });
    const tokens = [tokenOf(first), tokenOf(again.body)];
    const { password } = newcomer('');
    for (const token of tokens) {
      await preview(token);
      await accept(api.url, newcomer(token));
    }
    expect((await logIn(email, password)).status).toBe(200);
    const kept = JSON.stringify([
      await db.query('select * from audit_events'),
      (await db.query('select * from invitations')).map((row) => ({ ...row, token_hash: String(row['token_hash']) })),
      (await request(`${api.url}/api/v1/audit-events?range=[0,999]`, { token: good.admin })).body,
      (await request(`${api.url}/api/v1/invitations?range=[0,999]`, { token: good.admin })).body,
      (await request(`${api.url}/metrics`)).body,
      log,
    ]);
    expect(log.length).toBeGreaterThan(10);
    for (const secret of [...tokens, password]) expect(kept).not.toContain(secret);
    expect(await me(good.admin)).toMatchObject({ status: 200 });
  });
});
