import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
  createUser,
  signIn,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

describe('POST /agents/bulk-upload', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let token: string;
  let serial = 0;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
  });
  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });
  beforeEach(async () => {
    serial += 1;
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const email = `owner-${serial}@agents.test`;
    await createUser(db, { organizationId, role: 'owner', email });
    token = await signIn(api.url, email);
  });

  const upload = (body: string | Uint8Array, type = 'text/csv') =>
    request(`${api.url}/api/v1/agents/bulk-upload`, { token, body, headers: { 'content-type': type } });
  const agents = () =>
    db.query(
      `select name, kind, status, external_id as external from agents
       where organization_id = $1 and deleted_at is null order by name`,
      [organizationId],
    );
  const events = () =>
    db.query(
      `select action, changes from audit_events where organization_id = $1 and subject_type = 'agent' order by id`,
      [organizationId],
    );

  it('adds agents and changes those that are there, and the same file again changes nothing', async () => {
    await createAgent(db, { organizationId, name: 'Alice', kind: 'human', externalId: 'old' });
    await createAgent(db, { organizationId, name: 'Carol', kind: 'ai', externalId: 'kept' });
    const file =
      '\ufeffName;External ID;kind;status\r\nALICE;crm-1;;\r\n"Bob; the ""bot""";crm-2;AI;inactive\r\nCarol;;;\r\n\r\n';
    expect(await upload(file)).toMatchObject({ status: 200, body: { created: 1, updated: 1, unchanged: 1 } });
    expect(await agents()).toEqual([
      { name: 'Alice', kind: 'human', status: 'active', external: 'crm-1' },
      { name: 'Bob; the "bot"', kind: 'ai', status: 'inactive', external: 'crm-2' },
      { name: 'Carol', kind: 'ai', status: 'active', external: 'kept' },
    ]);
    expect(await events()).toMatchObject([
      { action: 'agent.updated', changes: { externalId: { from: 'old', to: 'crm-1' } } },
      { action: 'agent.created', changes: { externalId: { to: 'crm-2' }, kind: { to: 'ai' } } },
    ]);
    expect((await upload(file)).body).toEqual({ created: 0, updated: 0, unchanged: 3 });
    expect(await events()).toHaveLength(2);
  });

  it('lets external ids change places, and calls follow', async () => {
    const ids: string[] = [];
    for (const externalId of ['one', 'two']) {
      const agentId = await createAgent(db, { organizationId, name: externalId, externalId });
      const phoneNumberId = await createPhoneNumber(db, { organizationId });
      await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 5 });
      ids.push(agentId);
    }
    expect((await upload('name,externalId\none,two\ntwo,one\n')).body).toEqual({
      created: 0,
      updated: 2,
      unchanged: 0,
    });
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const { body } = await request(`${api.url}/api/v1/call-gate/authorize`, {
      apiKey: key,
      body: { agentExternalId: 'one', destination: '+14165550123' },
    });
    const [call] = await db.query('select agent_id from call_authorizations where id = $1', [body.authorizationId]);
    expect(call).toEqual({ agent_id: ids[1] });
  });

  it('names an agent by its external id in a file of numbers', async () => {
    await upload('name,externalId,kind\nDora,crm-9,ai\n');
    const job = await request(`${api.url}/api/v1/phone-numbers/bulk-upload`, {
      token,
      body: 'phoneNumber,provider,agent\n+12025550177,telnyx,crm-9\n',
      headers: { 'content-type': 'text/csv', prefer: 'wait=30' },
    });
    expect(job.body).toMatchObject({ status: 'completed', created: 1, failed: 0 });
    const simulated = await request(`${api.url}/api/v1/call-gate/simulate`, {
      token,
      body: { agentExternalId: 'crm-9', from: '+1 202 555 0177', destination: '+14165550123' },
    });
    expect(simulated.body).toMatchObject({ allowed: true, from: { phoneNumber: '+12025550177' } });
  });

  it('takes nothing of a file with a fault, and tells every fault by its line', async () => {
    const userId = await createUser(db, { organizationId, role: 'agent' });
    await createAgent(db, { organizationId, name: 'Person', userId });
    await createAgent(db, { organizationId, name: 'Holder', externalId: 'held' });
    const before = await agents();
    const answer = await upload(
      [
        'name,kind,externalId,status',
        'Fine,ai,fine,active',
        ',ai,x,',
        'Robot,robot,,',
        'Late,ai,,later',
        'FINE,ai,,',
        'Twice,ai,fine,',
        `${'x'.repeat(201)},ai,,`,
        'Bad\u0007,ai,,',
        'More,ai,,,surplus',
        '"Open,ai',
      ].join('\n'),
    );
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    expect(answer.body.errors).toEqual({
      'line 3: name': 'is missing',
      'line 4: kind': 'must be human or ai',
      'line 5: status': 'must be active or inactive',
      'line 6: name': 'stands in line 2 already',
      'line 7: externalId': 'stands in line 2 already',
      'line 8: name': 'must have at most 200 characters',
      'line 9: name': expect.stringContaining('control characters'),
      'line 10': 'has more values than columns',
      'line 11': 'has a quote that is not closed',
    });
    const second = await upload('name,kind,externalId\nFine,ai,fine\nNew,,\nPerson,ai,\nFine too,ai,held\n');
    expect(second.body.errors).toEqual({
      'line 3: kind': 'is needed to add an agent: human or ai',
      'line 4: kind': 'must stay human while a user signs in as the agent; unlink the user first',
      'line 5: externalId': 'belongs to another agent; choose another external id',
    });
    expect(second.body.detail).toContain('No agent of the file was taken. 2 more are wrong.');
    expect(await agents()).toEqual(before);
    expect(await events()).toEqual([]);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'has no column name'],
    ['no header', 'Alice,human\n', "has 'Alice', which is no column"],
    ['a header alone', 'name,kind\n\n', 'no agent in the file'],
    ['no column name', 'externalId\nx\n', 'has no column name'],
    ['a column twice', 'name,Name\nx,y\n', 'has a column twice'],
    ['too many agents', `name\n${Array.from({ length: 1_001 }, (_, i) => `n${i}`).join('\n')}\n`, 'more than 1000'],
  ])('refuses %s', async (_, body, detail) => {
    const answer = await upload(body);
    expect([answer.status, answer.body.code]).toEqual([422, 'csv_invalid']);
    expect(answer.body.detail).toContain(detail);
  });

  it('refuses bytes that are no UTF-8, what is no text, and more than a megabyte', async () => {
    const latin = await upload(Buffer.from('name,kind\nJos\xe9,ai\n', 'latin1'));
    expect(latin.body.errors).toEqual({ 'line 2: name': expect.stringContaining('could not be decoded') });
    expect((await upload('{}', 'application/json')).status).toBe(415);
    expect((await upload(`name\n${'x'.repeat(1024 * 1024)}\n`)).status).toBe(413);
  });

  it('holds a person who is limited to clients to the agents of those', async () => {
    const clients = [];
    for (const name of ['Mine', 'Also mine', 'Theirs']) {
      const [client] = await db.query('insert into clients (organization_id, name) values ($1, $2) returning id', [
        organizationId,
        name,
      ]);
      clients.push(client!['id'] as string);
    }
    await createAgent(db, { organizationId, name: 'Hidden', externalId: 'hidden' });
    const limited = async (clientIds: string[]) => {
      const email = `limited-${clientIds.length}-${serial}@agents.test`;
      await createUser(db, { organizationId, role: 'admin', email, clientIds });
      return signIn(api.url, email);
    };
    token = await limited(clients.slice(0, 1));
    expect((await upload('name,status\nHidden,inactive\n')).body.errors).toEqual({
      'line 2: name': 'belongs to another agent; choose another name',
    });
    expect((await upload('name,kind\nSeen,ai\n')).body).toMatchObject({ created: 1 });
    const [seen] = await db.query(`select client_id from agents where organization_id = $1 and name = 'Seen'`, [
      organizationId,
    ]);
    expect(seen).toEqual({ client_id: clients[0] });
    token = await limited(clients.slice(0, 2));
    expect((await upload('name,kind\nNew,ai\n')).body.errors['line 2: name']).toContain('add it one by one');
  });
});
