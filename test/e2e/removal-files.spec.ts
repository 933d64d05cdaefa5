import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createApiKey, createOrganization } from '../support/fixtures.js';
import { request } from '../support/http.js';

let db: TestDatabase;
let api: RunningApi;
let organizationId: string;
let apiKey: string;
let next = 12_022_000_000;

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  const scopes = ['numbers:read', 'numbers:write', 'agents:write', 'assignments:write', 'calls:authorize'] as const;
  apiKey = (await createApiKey(db, { organizationId, scopes: [...scopes] })).key;
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

interface Job {
  id: string;
  errors: { line: number; code: string; column: string; value: string; message: string }[];
}

const call = (path: string, options: Parameters<typeof request>[1] = {}) =>
  request(`${api.url}/api/v1${path}`, { apiKey, ...options });
const send = (search: string, lines: readonly string[], options: Parameters<typeof request>[1] = {}) =>
  call(`/phone-numbers/bulk-upload?${search}`, {
    body: lines.join('\n'),
    headers: { 'content-type': 'text/csv', prefer: 'wait=60' },
    ...options,
  });
async function run(search: string, lines: readonly string[]): Promise<Job> {
  const { status, body } = await send(search, lines);
  expect([status, body]).toEqual([200, expect.objectContaining({ status: 'completed' })]);
  return body as Job;
}
const undo = ({ id }: Job) => call(`/imports/${id}/undo`, { method: 'POST' });

/** Registers new numbers, for the agent if one is named. */
async function numbers(count: number, agent = ''): Promise<string[]> {
  const made = Array.from({ length: count }, () => `+${(next += 1)}`);
  const limit = agent === '' ? '' : '7';
  const lines = made.map((n) => `${n},telnyx,${agent},${limit},Desk`);
  const job = await run('', ['phoneNumber,provider,agent,dailyLimit,label', ...lines]);
  expect(job).toMatchObject({ created: count });
  return made;
}

const rows = (e164s: readonly string[]) =>
  db.query(
    `select n.*, n.updated_at = n.created_at as untouched from phone_numbers n
     where n.organization_id = $1 and n.e164 = any ($2) order by n.e164`,
    [organizationId, e164s],
  );
const live = (e164s: readonly string[]) =>
  db.query(
    `select a.id, a.agent_id, a.daily_limit, a.allowed_countries, a.paused_at, a.calls_made_today, n.e164
     from agent_phone_numbers a join phone_numbers n on n.organization_id = a.organization_id and n.id = a.phone_number_id
     where a.organization_id = $1 and n.e164 = any ($2) and a.ended_at is null order by n.e164`,
    [organizationId, e164s],
  );
const told = ({ errors }: Job) => errors.map(({ line, code }) => `${line} ${code}`);

describe('a file of numbers to delete', () => {
  it('deletes each number, and undoing makes all of them what they were', async () => {
    const made = await numbers(3);
    const before = await rows(made);
    const job = await run('operation=delete', made);
    expect(job).toMatchObject({
      operation: 'delete',
      deleted: 3,
      created: 0,
      updated: 0,
      unassigned: 0,
      failed: 0,
      skipped: 0,
    });
    expect((await rows(made)).map(({ lifecycle }) => lifecycle)).toEqual(['released', 'released', 'released']);
    expect((await undo(job)).status).toBe(200);
    const withoutTimes = (found: Record<string, unknown>[]) =>
      found.map(({ updated_at: _updated, untouched: _untouched, ...row }) => row);
    expect(withoutTimes(await rows(made))).toEqual(withoutTimes(before));
  });

  it('writes nothing in a dry run and tells what the file would do', async () => {
    const made = await numbers(2);
    const [unknown, ...own] = [`+${(next += 1)}`, ...made];
    const lines = [...own, unknown!];
    const dry = await run('operation=delete&dryRun=true', lines);
    expect((await rows(made)).map(({ lifecycle }) => lifecycle)).toEqual(['active', 'active']);
    const real = await run('operation=delete', lines);
    const counts = { total: 3, processed: 3, deleted: 2, failed: 1, skipped: 0 };
    expect([dry, real]).toEqual([expect.objectContaining(counts), expect.objectContaining(counts)]);
    expect(told(dry)).toEqual(told(real));
  });

  it('refuses what the operation on one number refuses, row by row, and by its code', async () => {
    await createAgent(db, { organizationId, name: 'Holder' });
    const agentId = await createAgent(db, { organizationId, name: 'Answers' });
    const [assigned] = await numbers(1, 'Holder');
    const [connected, free] = await numbers(2);
    const [{ id }] = (await rows([connected!])) as [{ id: string }];
    await db.query('update phone_numbers set inbound_agent_id = $2 where id = $1', [id, agentId]);
    const other = await createOrganization(db);
    const foreign = `+${(next += 1)}`;
    await db.query(`insert into phone_numbers (organization_id, e164, provider) values ($1, $2, 'telnyx')`, [
      other,
      foreign,
    ]);
    const pool = `+${(next += 1)}`;
    await db.query(
      `insert into phone_numbers (organization_id, e164, provider) values ('00000000-0000-7000-8000-000000000001', $1, 'telnyx')`,
      [pool],
    );
    const claimed = `+${(next += 1)}`;
    await db.query(
      `insert into phone_numbers (organization_id, e164, provider, claimed_from) values ($1, $2, 'telnyx', '{}')`,
      [organizationId, claimed],
    );
    const job = await run('operation=delete', [
      assigned!,
      connected!,
      foreign,
      pool,
      claimed,
      free!,
      free!,
      'no number',
    ]);
    expect(job).toMatchObject({ deleted: 1, failed: 6, skipped: 1 });
    expect(told(job)).toEqual([
      '1 phone_number_assigned',
      '2 phone_number_connected',
      '3 number_unknown',
      '4 number_in_pool',
      '5 number_from_pool',
      '7 duplicate_in_file',
      '8 number_invalid',
    ]);
    expect(job.errors[0]).toMatchObject({
      column: 'phoneNumber',
      value: assigned,
      message: `${assigned} is assigned. Unassign it from the agent 'Holder' first.`,
    });
    const [{ id: assignedId }] = (await rows([assigned!])) as [{ id: string }];
    expect((await call(`/phone-numbers/${assignedId}`, { method: 'DELETE' })).body).toMatchObject({
      code: 'phone_number_assigned',
    });
    const kept = await db.query('select e164 from phone_numbers where e164 = any ($1) and lifecycle <> $2', [
      [foreign, pool, claimed],
      'released',
    ]);
    expect(kept).toHaveLength(3);
  });

  it.each([
    [
      'registered by another organization',
      async (e164: string) => {
        const other = await createOrganization(db);
        await db.query(`insert into phone_numbers (organization_id, e164, provider) values ($1, $2, 'telnyx')`, [
          other,
          e164,
        ]);
      },
    ],
    ['added again', async (e164: string) => void (await run('', [`${e164},telnyx`]))],
  ])('is not taken back, as a whole, when a number of it was %s meanwhile', async (_what, meanwhile) => {
    const made = await numbers(2);
    const job = await run('operation=delete', made);
    await meanwhile(made[1]!);
    const answer = await undo(job);
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((answer.body as { detail: string }).detail).toContain(`since the upload: ${made[1]}.`);
    expect((await rows([made[0]!])).map(({ lifecycle }) => lifecycle)).toEqual(['released']);
  });
});

describe('a file of numbers to unassign', () => {
  it('takes them from their agents, and undoing gives back the same assignments with their rules and counters', async () => {
    const agentId = await createAgent(db, { organizationId, name: 'Caller' });
    const made = await numbers(2, 'Caller');
    await db.query(
      `update agent_phone_numbers set allowed_countries = '{CA,US}', daily_limit = 9, allowed_number_types = '{SATELLITE}'
       where agent_id = $1`,
      [agentId],
    );
    await call('/call-gate/authorize', { body: { agentId, from: made[0], destination: '+14165550123' } });
    const before = await live(made);
    const job = await run('operation=unassign', made);
    expect(job).toMatchObject({ operation: 'unassign', unassigned: 2, deleted: 0, failed: 0 });
    expect(await live(made)).toEqual([]);
    expect((await rows(made)).map(({ lifecycle }) => lifecycle)).toEqual(['active', 'active']);
    expect((await undo(job)).status).toBe(200);
    expect(await live(made)).toEqual(before);
    expect(before.map((row) => row['calls_made_today'])).toContain(1);
    const gate = await call('/call-gate/authorize', {
      body: { agentId, from: made[0], destination: '+14165550123' },
    });
    expect(gate.body).toMatchObject({ allowed: true });
    expect((await live(made))[0]).toMatchObject({ calls_made_today: 2 });
  });

  it('tells a number that is not assigned, which needs nothing, and one that is not known', async () => {
    await createAgent(db, { organizationId, name: 'Once' });
    const [assigned] = await numbers(1, 'Once');
    const [free] = await numbers(1);
    const lines = [assigned!, free!, `+${(next += 1)}`];
    const dry = await run('operation=unassign&dryRun=true', lines);
    expect(dry).toMatchObject({ unassigned: 1, skipped: 1, failed: 1 });
    expect(told(dry)).toEqual(['2 number_not_assigned', '3 number_unknown']);
    expect(await live([assigned!])).toHaveLength(1);
    expect(await run('operation=unassign', lines)).toMatchObject({ unassigned: 1, skipped: 1, failed: 1 });
    expect(await run('operation=unassign', lines)).toMatchObject({ unassigned: 0, skipped: 2, failed: 1 });
  });

  const assign = (e164: string, agent: string) =>
    run('mode=upsert', ['phoneNumber,provider,agent,dailyLimit', `${e164},telnyx,${agent},3`]);

  it.each([
    [
      'assigned to another agent',
      async (e164: string) => {
        await createAgent(db, { organizationId, name: `Other of ${e164}` });
        await assign(e164, `Other of ${e164}`);
      },
    ],
    ['deleted', async (e164: string) => void (await run('operation=delete', [e164]))],
    [
      'assigned to the same agent and unassigned again',
      async (e164: string, agent: string) => {
        await assign(e164, agent);
        await run('operation=unassign', [e164]);
      },
    ],
  ])('is not taken back, as a whole, when a number of it was %s meanwhile', async (_what, meanwhile) => {
    const name = `Holder of ${next + 1}`;
    await createAgent(db, { organizationId, name });
    const made = await numbers(2, name);
    const job = await run('operation=unassign', made);
    await meanwhile(made[1]!, name);
    expect(await undo(job)).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: expect.stringContaining(`: ${made[1]}.`) as string },
    });
    expect(await live([made[0]!])).toEqual([]);
  });

  it.each<[string, (numberId: string, agentId: string) => ReturnType<typeof call>, string]>([
    [
      'lost its voice',
      (id) => call(`/phone-numbers/${id}`, { method: 'PUT', body: { capabilities: { voice: false } } }),
      'it cannot call: its capabilities have no voice',
    ],
    [
      'was deactivated',
      (id) => call(`/phone-numbers/${id}`, { method: 'PUT', body: { lifecycle: 'inactive' } }),
      'it is not active',
    ],
    [
      'has an agent that was deactivated',
      (_, id) => call(`/agents/${id}`, { method: 'PUT', body: { status: 'inactive' } }),
      'its agent is not active',
    ],
  ])('is not taken back, as a whole, when a number of it %s meanwhile', async (_what, meanwhile, reason) => {
    const name = `Holder of ${next + 1}`;
    const agentId = await createAgent(db, { organizationId, name });
    const made = [...(await numbers(1, 'Caller')), ...(await numbers(1, name))];
    const job = await run('operation=unassign', made);
    const [{ id }] = (await rows([made[1]!])) as [{ id: string }];
    expect(await meanwhile(id, agentId)).toMatchObject({ status: 200 });
    expect(await undo(job)).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: expect.stringContaining(`: ${made[1]} (${reason}).`) as string },
    });
    expect(await live(made)).toEqual([]);
    expect((await call(`/imports/${job.id}`)).body).toMatchObject({ undoneAt: null });
  });

  it('is taken back when a number was changed otherwise, or was inactive and without voice before', async () => {
    const made = await numbers(2, 'Caller');
    const [{ id: labeled }, { id: silent }] = (await rows(made)) as [{ id: string }, { id: string }];
    const put = (id: string, body: object) => call(`/phone-numbers/${id}`, { method: 'PUT', body });
    expect((await put(silent, { lifecycle: 'inactive', capabilities: { voice: false } })).status).toBe(200);
    const before = await live(made);
    const job = await run('operation=unassign', made);
    expect((await put(labeled, { label: 'New' })).status).toBe(200);
    expect((await undo(job)).status).toBe(200);
    expect(await live(made)).toEqual(before);
  });

  it('is not taken back when its agent was deleted, or has its one number meanwhile', async () => {
    const agentId = await createAgent(db, { organizationId, name: 'Leaves' });
    const made = await numbers(1, 'Leaves');
    const job = await run('operation=unassign', made);
    await db.query(`update agents set deleted_at = now(), status = 'inactive' where id = $1`, [agentId]);
    expect(await undo(job)).toMatchObject({ status: 409, body: { code: 'conflict' } });

    await createAgent(db, { organizationId, name: 'Single' });
    const held = await numbers(1, 'Single');
    const second = await run('operation=unassign', held);
    await numbers(1, 'Single');
    await db.query(
      `update agent_phone_numbers set ended_at = now() where organization_id = $1 and agent_id <> (
      select id from agents where organization_id = $1 and name = 'Single') and ended_at is null`,
      [organizationId],
    );
    await db.query(`update organizations set numbers_per_agent = 'one' where id = $1`, [organizationId]);
    expect(await undo(second)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await db.query(`update organizations set numbers_per_agent = 'many' where id = $1`, [organizationId]);
  });

  it('needs the permission to assign, for undoing as well', async () => {
    const made = await numbers(1, 'Caller');
    const other = await createApiKey(db, { organizationId, scopes: ['numbers:read', 'numbers:write'] });
    const refused = { status: 403, body: { code: 'permission_denied' } };
    expect(await send('operation=unassign', made, { apiKey: other.key })).toMatchObject(refused);
    expect(await live(made)).toHaveLength(1);
    const job = await run('operation=unassign', made);
    const undoing = (id: string) => call(`/imports/${id}/undo`, { method: 'POST', apiKey: other.key });
    expect(await undoing(job.id)).toMatchObject(refused);
    const assigning = await run('mode=upsert', ['phoneNumber,provider,agent', `${made[0]},telnyx,Caller`]);
    expect(await undoing(assigning.id)).toMatchObject(refused);
    expect(await live(made)).toHaveLength(1);
  });
});

describe('what stands beside the number', () => {
  it.each([',', ';', '\t'])('is never passed over when it is a number: %j', async (separator) => {
    const made = await numbers(3);
    for (const lines of [[made.join(separator)], [made.slice(0, 2).join(separator), made[2]!]]) {
      for (const operation of ['delete', 'unassign']) {
        const job = await run(`operation=${operation}&dryRun=true`, lines);
        expect(job).toMatchObject({ deleted: lines.length === 2 && operation === 'delete' ? 1 : 0 });
        expect(job.errors[0]).toMatchObject({
          ...{ line: 1, code: 'several_numbers', column: 'phoneNumber', value: made[0] },
          message: 'The row has more than one phone number. Write one number a line.',
        });
      }
    }
    expect(await run('operation=delete', [made.join(separator)])).toMatchObject({ deleted: 0, failed: 1 });
    expect((await rows(made)).map(({ lifecycle }) => lifecycle)).toEqual(['active', 'active', 'active']);
  });

  it('is told when it is a column that is left out', async () => {
    const made = await numbers(1);
    const job = await run('operation=delete', ['Phone 2,phone,Status', `+12025550123,${made[0]},inactive`]);
    expect(job).toMatchObject({
      deleted: 1,
      notices: [{ line: 1, code: 'columns_ignored', value: 'Phone 2, Status' }],
    });
  });

  it('is refused when it names the agents to unassign from, unless it is left out on purpose', async () => {
    await createAgent(db, { organizationId, name: 'Keeps' });
    const made = await numbers(1, 'Keeps');
    const lines = ['phone,agent', `${made[0]},Somebody else`];
    expect(await send('operation=unassign', lines)).toMatchObject({
      status: 422,
      body: { code: 'csv_invalid', detail: expect.stringContaining('whichever agent has it') as string },
    });
    expect(await live(made)).toHaveLength(1);
    expect(await run(`operation=unassign&mapping=${encodeURIComponent('{"agent":""}')}`, lines)).toMatchObject({
      unassigned: 1,
      noticeCount: 0,
    });
  });
});

describe('a bulk operation', () => {
  it.each([
    ['unassign', { dailyLimit: 4 }, 'dailyLimit'],
    ['delete', { agentId: '00000000-0000-7000-8000-000000000001' }, 'agentId'],
    ['tag', { tags: ['a'], allowedCountries: null }, 'allowedCountries'],
    ['claim', { reassign: true }, 'reassign'],
    ['assign', { agentId: '00000000-0000-7000-8000-000000000001', clientId: null }, 'clientId'],
    ['deactivate', { tags: ['a'] }, 'tags'],
    [
      'distribute',
      { agentIds: ['00000000-0000-7000-8000-000000000001'], agentId: '00000000-0000-7000-8000-000000000001' },
      'agentId',
    ],
  ])('%s refuses a field that it does not use', async (operation, fields, field) => {
    const [made] = await numbers(1);
    const [{ id }] = (await rows([made!])) as [{ id: string }];
    expect(await call('/phone-numbers/bulk', { body: { operation, ids: [id], ...fields } })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: { [field]: `means nothing to operation ${operation}; leave it out` } },
    });
  });
});

describe('what the file has to have', () => {
  it.each([
    ['numbers alone', (n: string) => [n]],
    ['a header that is known', (n: string) => ['Phone Number', n]],
    ['a column of any name', (n: string) => ['Rufnummer', n]],
    [
      'an export with all its columns',
      (n: string) => ['phoneNumber,provider,countryCode,label,monthlyCost', `${n},nobody,US,x,much`],
    ],
    ['columns of other programs', (n: string) => ['Sid,FriendlyName,PhoneNumber', `PN1,Desk,${n}`]],
    ['an upload without a header', (n: string) => [`${n},telnyx,US,Desk`]],
  ])('%s', async (_what, lines) => {
    const [number] = await numbers(1);
    expect(await run('operation=delete', lines(number!))).toMatchObject({ total: 1, deleted: 1, failed: 0 });
  });

  it('reads national numbers of a country, and names the rows again in errors.csv', async () => {
    const [number] = await numbers(1);
    const job = await run('operation=delete&country=US', ['Number', number!.slice(2), '2025550199']);
    expect(job).toMatchObject({ deleted: 1, failed: 1 });
    const csv = await call(`/imports/${job.id}/errors.csv`);
    expect(csv.body).toContain('line,column,code,message,value,phoneNumber');
    expect(csv.body).toContain('number_unknown');
  });

  it.each([
    ['operation=remove', 400, 'operation'],
    ['operation=delete&mode=upsert', 400, 'mode'],
  ])('refuses %s', async (search, status, field) => {
    expect(await send(search, ['+12025550123'])).toMatchObject({
      status,
      body: { code: 'validation_failed', errors: { [field]: expect.any(String) as string } },
    });
  });

  it('refuses several columns without one of numbers, and says how to name it', async () => {
    const answer = await send('operation=delete', ['Desk,Note', 'one,two']);
    expect(answer).toMatchObject({ status: 422, body: { code: 'csv_invalid' } });
    expect((answer.body as { detail: string }).detail).toContain('send the numbers alone');
  });
});

it('leaves one event for the file, which the timeline of each number and assignment finds', async () => {
  const made = await numbers(2);
  const job = await run('operation=delete', made);
  const [event] = await db.query(`select action, changes from audit_events where subject_id = $1`, [job.id]);
  expect(event).toMatchObject({
    action: 'phone_numbers.deleted_by_file',
    changes: { deleted: 2, status: 'completed' },
  });
  const [changed] = await db.query(
    `select count(*)::int as n from import_changes where import_job_id = $1 and kind = 'number'`,
    [job.id],
  );
  expect(changed).toEqual({ n: 2 });
});

describe('a number without voice', () => {
  const mute = async (e164: string) => {
    const [row] = (await rows([e164])) as [{ id: string }];
    await call(`/phone-numbers/${row.id}`, { method: 'PUT', body: { capabilities: { voice: false } } });
    return row.id;
  };

  it('is assigned by no request, no bulk operation and no file, each of which says why', async () => {
    const agentId = await createAgent(db, { organizationId, name: 'Speaks' });
    const [number] = await numbers(1);
    const phoneNumberId = await mute(number!);
    const refused = { status: 409, body: { code: 'number_cannot_call' } };
    expect(await call(`/phone-numbers/${phoneNumberId}/assign`, { body: { agentId } })).toMatchObject(refused);
    expect(await call('/agent-assignments', { body: { agentId, phoneNumberId } })).toMatchObject(refused);
    const bulk = await call('/phone-numbers/bulk', { body: { operation: 'assign', ids: [phoneNumberId], agentId } });
    expect(bulk.body).toMatchObject({ refused: 1, items: [{ code: 'number_cannot_call' }] });
    const fresh = `+${(next += 1)}`;
    const file = ['phoneNumber,provider,agent,capabilities', `${number},telnyx,Speaks,`, `${fresh},telnyx,Speaks,sms`];
    const dry = await run('mode=upsert&dryRun=true', file);
    const real = await run('mode=upsert', file);
    for (const job of [dry, real]) {
      expect(job).toMatchObject({ created: 0, updated: 0, failed: 2 });
      expect(told(job)).toEqual(['2 number_cannot_call', '3 number_cannot_call']);
    }
    expect(await live([number!, fresh])).toEqual([]);
    const given = await run('mode=upsert', [
      'phoneNumber,provider,agent,capabilities',
      `${number},telnyx,Speaks,voice`,
    ]);
    expect(given).toMatchObject({ updated: 1, failed: 0 });
    expect(await live([number!])).toHaveLength(1);
  });

  it('that an agent calls from stays assigned, and its export is taken again, but the gate refuses its calls', async () => {
    const agentId = await createAgent(db, { organizationId, name: 'Muted' });
    const [number] = await numbers(1, 'Muted');
    const body = { agentId, destination: '+14165550123' };
    expect((await call('/call-gate/authorize', { body })).body).toMatchObject({ allowed: true });
    await mute(number!);
    expect((await call('/call-gate/authorize', { body })).body).toMatchObject({
      allowed: false,
      reasonCode: 'number_cannot_call',
    });
    const simulated = (await call('/call-gate/simulate', { body })).body as Record<string, unknown>;
    expect(simulated).toMatchObject({ allowed: false, reasonCode: 'number_cannot_call' });
    expect(JSON.stringify(simulated)).toContain('The number is active, and has no voice.');
    const file = ['phoneNumber,provider,agent,capabilities', `${number},telnyx,Muted,none`];
    expect(await run('mode=upsert', file)).toMatchObject({ failed: 0 });
    expect(await live([number!])).toHaveLength(1);
  });
});
