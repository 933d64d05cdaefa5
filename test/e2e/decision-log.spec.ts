import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import Papa from 'papaparse';
import { type DecisionPageView, type DecisionView, reasonCodes } from '#contracts';
import { DecisionLogRepository } from '../../apps/api/src/modules/call-gate/decision-log/decision-log.repository.js';
import { DecisionLogService } from '../../apps/api/src/modules/call-gate/decision-log/decision-log.service.js';
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
import { fillLedger, makeLedgerDay } from '../support/ledger.js';

const CANADA = '+14165550123';
const FRANCE = '+33140205050';
const YESTERDAY = new Date(Date.now() - 86_400_000);
const { jest } = import.meta;

type Step = DecisionLogRepository['step'];

/** The lines of a CSV file by the names of its header, as another program reads them. */
const rowsOf = (csv: string) => Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;

const DAYS_AGO = (days: number) => new Date(Date.now() - days * 86_400_000);

describe('/call-gate/authorizations', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let serial = 0;

  beforeAll(async () => {
    db = await createTestDatabase();
    // As in a ledger that has been kept for some days; what is older lies in the default partition.
    for (const days of [1, 2]) await makeLedgerDay(db, DAYS_AGO(days));
    api = await startApi({ databaseUrl: db.url });
  });

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  afterEach(() => jest.restoreAllMocks());

  const v1 = (path: string) => `${api.url}/api/v1/${path}`;

  async function user(organizationId: string, role: 'manager' | 'agent') {
    serial += 1;
    const email = `${role}${serial}@log.test`;
    const id = await createUser(db, { organizationId, role, email });
    return { id, token: await signIn(api.url, email) };
  }

  /** An organization with a manager who reads, a dialer that asks, and two agents with a number each. */
  async function office() {
    const organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
    const { token } = await user(organizationId, 'manager');
    const { key } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] });
    const person = await user(organizationId, 'agent');
    const own = await createAgent(db, { organizationId, name: 'Robin', userId: person.id });
    const other = await createAgent(db, { organizationId, name: '=2+3' });
    const numbers: Record<string, string> = {};
    for (const agentId of [own, other]) {
      const phoneNumberId = await createPhoneNumber(db, { organizationId });
      await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 3 });
      numbers[agentId] = phoneNumberId;
    }
    const authorize = async (agentId: string, destination: string): Promise<string> => {
      const answer = await request(v1('call-gate/authorize'), { apiKey: key, body: { agentId, destination } });
      return answer.body.authorizationId as string;
    };
    const get = (query: Record<string, string | number> = {}, as = token) =>
      request(v1(`call-gate/authorizations?${new URLSearchParams(entriesOf(query))}`), { token: as });
    const page = async (query: Record<string, string | number> = {}, as = token): Promise<DecisionPageView> => {
      const answer = await get(query, as);
      expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
      return answer.body as DecisionPageView;
    };
    const ids = async (query: Record<string, string | number> = {}, as = token) =>
      (await page(query, as)).items.map(({ id }) => id);
    const csv = (query: Record<string, string | number> = {}) =>
      request<string>(v1(`call-gate/authorizations.csv?${new URLSearchParams(entriesOf(query))}`), { token });
    return { organizationId, token, person, own, other, numbers, authorize, get, page, ids, csv };
  }

  const entriesOf = (query: Record<string, string | number>) =>
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);

  /** All pages, with how many there were. */
  async function everything(
    page: (query: Record<string, string | number>) => Promise<DecisionPageView>,
    query: Record<string, string | number>,
  ) {
    const items: DecisionView[] = [];
    let pages = 0;
    for (let cursor: string | null | undefined; cursor !== null; pages += 1) {
      const answer: DecisionPageView = await page({ ...query, ...(cursor && { cursor }) });
      items.push(...answer.items);
      cursor = answer.nextCursor;
    }
    return { items, pages };
  }

  it('keeps a reason and a type by the name that they had, also when no list has them any more', async () => {
    const { own, authorize, page, csv } = await office();
    const id = await authorize(own, '+80012345678');
    await db.query(
      `update call_authorizations set reason_code = 'destination_unroutable', destination_type = 'NON_GEOGRAPHIC' where id = $1`,
      [id],
    );
    const { items } = await page();
    expect(items).toMatchObject([
      {
        reasonCode: 'destination_unroutable',
        message: 'The call must not be placed, for the reason destination_unroutable.',
        destination: { type: 'NON_GEOGRAPHIC' },
      },
    ]);
    const [line] = rowsOf((await csv()).body);
    expect(line).toMatchObject({ reasonCode: 'destination_unroutable', destinationType: 'NON_GEOGRAPHIC' });
  });

  it('tells what was decided, about which call and why, the newest first', async () => {
    const { own, numbers, authorize, page, get } = await office();
    const allowed = await authorize(own, CANADA);
    const denied = await authorize(own, FRANCE);
    const { items, nextCursor, scannedTo } = await page();
    expect(items.map(({ id }) => id)).toEqual([denied, allowed]);
    expect([nextCursor, scannedTo]).toEqual([null, null]);
    expect(items[1]).toEqual({
      id: allowed,
      decision: 'allowed',
      reasonCode: 'allowed',
      message: reasonCodes.allowed.message,
      status: 'authorized',
      agentId: own,
      agentName: 'Robin',
      assignmentId: expect.any(String),
      phoneNumberId: numbers[own],
      from: expect.stringMatching(/^\+1415/),
      provider: 'telnyx',
      destination: { phoneNumber: CANADA, countryCode: 'CA', type: expect.any(String) },
      limit: 3,
      used: 1,
      localDate: new Date().toISOString().slice(0, 10),
      decidedAt: expect.stringMatching(/Z$/),
      expiresAt: expect.stringMatching(/Z$/),
      settledAt: null,
      disposition: null,
      durationSeconds: null,
      sipCode: null,
      externalCallId: null,
      voidReason: null,
      cost: null,
      currency: null,
      correctionCount: 0,
    });
    expect(items[0]).toMatchObject({ status: 'denied', reasonCode: 'country_not_allowed', expiresAt: null });
    expect((await get()).headers.get('cache-control')).toBe('no-store');
  });

  it('filters by agent, number, destination, decision, reason and status', async () => {
    const { organizationId, own, other, numbers, authorize, ids } = await office();
    const ofOwn = await authorize(own, CANADA);
    const toFrance = await authorize(own, FRANCE);
    const ofOther = await authorize(other, '+14165550199');
    const toNothing = await authorize(other, '12');
    const [expired] = await fillLedger(db, { organizationId, calls: 1, from: YESTERDAY, agentId: own });
    expect(await ids({ agentId: own })).toEqual([toFrance, ofOwn, expired]);
    expect(await ids({ agentId: own.toUpperCase() })).toEqual([toFrance, ofOwn, expired]);
    expect(await ids({ phoneNumberId: numbers[other]! })).toEqual([toNothing, ofOther]);
    expect(await ids({ destination: CANADA })).toEqual([ofOwn, expired]);
    expect(await ids({ destination: '+1416*' })).toEqual([ofOther, ofOwn, expired]);
    expect(await ids({ destination: '12' })).toEqual([toNothing]);
    expect(await ids({ destination: '+1416555' })).toEqual([]);
    expect(await ids({ decision: 'denied' })).toEqual([toNothing, toFrance]);
    expect(await ids({ decision: 'allowed', agentId: other })).toEqual([ofOther]);
    expect(await ids({ reasonCode: 'country_not_allowed' })).toEqual([toFrance]);
    expect(await ids({ status: 'authorized' })).toEqual([ofOther, ofOwn]);
    expect(await ids({ status: 'expired' })).toEqual([expired]);
    expect(await ids({ agentId: randomUUID() })).toEqual([]);
  });

  it('reads a destination as people write it, also when the plus arrives as a space', async () => {
    const { own, authorize, ids, get, token } = await office();
    const id = await authorize(own, CANADA);
    expect(await ids({ destination: '+1 (416) 555-0123' })).toEqual([id]);
    const { body } = await request(v1('call-gate/authorizations?destination=+1416*'), { token });
    expect(body.items).toHaveLength(1);
    expect((await get({ destination: '%' })).body.items).toEqual([]);
  });

  it('filters by time: from is the first instant that belongs to it, to the first that does not', async () => {
    const { organizationId, ids, page } = await office();
    const from = new Date('2026-03-01T10:00:00.500Z');
    const calls = (await fillLedger(db, { organizationId, calls: 5, from })).reverse();
    const at = (second: number) => new Date(from.getTime() + second * 1_000).toISOString();
    expect(await ids({ from: at(1), to: at(4) })).toEqual(calls.slice(1, 4));
    expect(await ids({ from: at(4) })).toEqual(calls.slice(0, 1));
    expect(await ids({ to: at(1) })).toEqual(calls.slice(4));
    expect(await ids({ from: '2026-03-01T11:00:03.5+01:00', to: '2026-03-01T10:00:04Z' })).toEqual(calls.slice(1, 2));
    expect((await page({ from: at(1) })).scannedTo).toBe(at(1));
  });

  it('finds a call by the time of its decision, although its id is older by the wait for a lock', async () => {
    const { organizationId, ids } = await office();
    const [id] = await fillLedger(db, { organizationId, calls: 1, from: new Date('2026-03-01T10:00:00Z') });
    await db.query(`update call_authorizations set decided_at = decided_at + interval '2.5 s' where id = $1`, [id]);
    expect(await ids({ from: '2026-03-01T10:00:02Z' })).toEqual([id]);
    expect(await ids({ to: '2026-03-01T10:00:02Z' })).toEqual([]);
  });

  it('pages without a gap and without a repeat, while calls are decided', async () => {
    const { organizationId, own, other, page } = await office();
    const calls = (await fillLedger(db, { organizationId, calls: 95, from: YESTERDAY, agentId: own })).reverse();
    await fillLedger(db, { organizationId, calls: 60, from: YESTERDAY, agentId: other });
    const growing = async (query: Record<string, string | number>) => {
      const answer = await page(query);
      await fillLedger(db, { organizationId, calls: 7, from: new Date(), agentId: own });
      return answer;
    };
    const { items, pages } = await everything(growing, { agentId: own, limit: 10 });
    expect(items.map(({ id }) => id)).toEqual(calls);
    expect(pages).toBe(10);
  });

  it('ends with the last full page', async () => {
    const { organizationId, page } = await office();
    await fillLedger(db, { organizationId, calls: 4, from: YESTERDAY });
    const { items, pages } = await everything(page, { limit: 2 });
    expect([items.length, pages]).toEqual([4, 2]);
  });

  it('looks at a bounded part of the log for a rare filter, and goes on from there', async () => {
    const { organizationId, own, page } = await office();
    const steps = jest.spyOn(DecisionLogRepository.prototype, 'step');
    const [first] = await fillLedger(db, { organizationId, calls: 1, from: DAYS_AGO(3), agentId: own });
    await fillLedger(db, { organizationId, calls: 60_000, from: DAYS_AGO(2) });
    const { items, nextCursor, scannedTo } = await page({ agentId: own });
    expect(items).toEqual([]);
    expect(nextCursor).toEqual(expect.any(String));
    const age = Date.now() - Date.parse(scannedTo!);
    expect(age > 86_400_000 && age < 2 * 86_400_000 + 60_000).toBe(true);
    const taken = await Promise.all(steps.mock.results.map(({ value }) => value as ReturnType<Step>));
    expect(taken.reduce((sum, { examined }) => sum + examined, 0)).toBeLessThan(60_000);

    const { items: matches, pages } = await everything(page, { agentId: own });
    expect(matches.map(({ id }) => id)).toEqual([first]);
    expect(pages).toBeGreaterThan(1);
  });

  it('refuses a cursor that is none, or that belongs to another filter', async () => {
    const { organizationId, own, page, get } = await office();
    await fillLedger(db, { organizationId, calls: 3, from: YESTERDAY, agentId: own });
    const { nextCursor } = await page({ limit: 1, agentId: own });
    expect((await page({ limit: 2, agentId: own, cursor: nextCursor! })).items).toHaveLength(2);
    for (const [query, message] of [
      [{ cursor: nextCursor! }, 'belongs to another filter'],
      [{ cursor: nextCursor!, agentId: own, to: new Date().toISOString() }, 'belongs to another filter'],
      [{ cursor: 'abc' }, 'is not a cursor'],
      [{ cursor: `${nextCursor}A`, agentId: own }, 'is not a cursor'],
      [{ cursor: '' }, 'must be longer'],
    ] as const) {
      const { status, body } = await get(query);
      expect([status, body.code]).toEqual([400, 'validation_failed']);
      expect(body.errors.cursor).toContain(message);
    }
  });

  let reader: Awaited<ReturnType<typeof office>> | undefined;
  it.each([
    [{ agentId: 'x' }, 'agentId'],
    [{ phoneNumberId: '1' }, 'phoneNumberId'],
    [{ destination: '' }, 'destination'],
    [{ destination: '1'.repeat(66) }, 'destination'],
    [{ decision: 'maybe' }, 'decision'],
    [{ reasonCode: 'Daily limit reached' }, 'reasonCode'],
    [{ status: 'open' }, 'status'],
    [{ from: '2026-03-01' }, 'from'],
    [{ from: '2026-02-30T10:00:61Z' }, 'from'],
    [{ to: 'now' }, 'to'],
    [{ from: '2026-03-02T00:00:00Z', to: '2026-03-02T00:00:00Z' }, 'to'],
    [{ limit: 0 }, 'limit'],
    [{ limit: 201 }, 'limit'],
    [{ limit: '1e2' }, 'limit'],
    [{ agent: 'x' }, 'agent'],
  ])('refuses the filter %j, naming the field', async (query, field) => {
    reader ??= await office();
    const { status, body } = await reader.get(query as Record<string, string | number>);
    expect([status, body.code, Object.keys(body.errors as object)]).toEqual([400, 'validation_failed', [field]]);
  });

  it('answers one authorization by its id', async () => {
    const { own, authorize, token } = await office();
    const id = await authorize(own, CANADA);
    const { status, body } = await request(v1(`call-gate/authorizations/${id}`), { token });
    expect([status, body.id, body.agentName]).toEqual([200, id, 'Robin']);
    expect((await request(v1('call-gate/authorizations/1'), { token })).status).toBe(400);
  });

  it("keeps an organization's log to itself", async () => {
    const mine = await office();
    const theirs = await office();
    const id = await theirs.authorize(theirs.own, CANADA);
    const { status, body } = await request(v1(`call-gate/authorizations/${id}`), { token: mine.token });
    expect([status, body.code]).toEqual([404, 'record_not_found']);
    expect(await mine.ids()).toEqual([]);
    expect(await mine.ids({ agentId: theirs.own })).toEqual([]);
    expect((await mine.csv()).body.trim().split('\r\n')).toHaveLength(1);
  });

  it('shows a person who dials only the calls of their own agents', async () => {
    const { own, other, person, authorize, ids } = await office();
    const mine = await authorize(own, CANADA);
    const theirs = await authorize(other, CANADA);
    const nobodys = await authorize(randomUUID(), CANADA);
    expect(await ids()).toEqual([nobodys, theirs, mine]);
    expect(await ids({}, person.token)).toEqual([mine]);
    expect(await ids({ agentId: other }, person.token)).toEqual([]);
    const one = (id: string) => request(v1(`call-gate/authorizations/${id}`), { token: person.token });
    expect((await one(mine)).status).toBe(200);
    expect((await one(theirs)).body.code).toBe('record_not_found');
    const { body } = await request<string>(v1('call-gate/authorizations.csv'), { token: person.token });
    expect(body).toContain(mine);
    expect(body).not.toContain(theirs);
  });

  it('opens to an API key with the scope calls:read, and to no other', async () => {
    const { organizationId } = await office();
    const reader = await createApiKey(db, { organizationId, scopes: ['calls:read'] });
    const dialer = await createApiKey(db, { organizationId, scopes: ['calls:authorize', 'usage:read'] });
    for (const path of ['authorizations', 'authorizations.csv', `authorizations/${randomUUID()}`]) {
      expect((await request(v1(`call-gate/${path}`), { apiKey: reader.key })).status).not.toBe(403);
      const { status, body } = await request(v1(`call-gate/${path}`), { apiKey: dialer.key });
      expect([status, body.code]).toEqual([403, 'permission_denied']);
    }
  });

  it('answers the same as CSV, without a formula for a spreadsheet to run', async () => {
    const { organizationId, own, other, authorize, page, csv } = await office();
    await fillLedger(db, { organizationId, calls: 2_500, from: YESTERDAY, agentId: own });
    await authorize(other, FRANCE);
    await authorize(other, '=1+1');
    const { items } = await everything(page, { limit: 200 });
    const { status, headers, body } = await csv();
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(headers.get('content-disposition')).toBe('attachment; filename="decisions.csv"');
    const records = rowsOf(body);
    expect(records.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
    expect(records[0]).toMatchObject({ agentName: "'=2+3", destination: "'=1+1", decision: 'denied' });
    expect(records[1]).toMatchObject({ destination: FRANCE, reasonCode: 'country_not_allowed', status: 'denied' });
    expect(records[2]).toMatchObject({
      from: '+12025550123',
      destination: CANADA,
      decidedAt: items[2]!.decidedAt,
      status: 'expired',
      cost: '',
    });
    const denied = rowsOf((await csv({ decision: 'denied' })).body);
    expect(denied).toHaveLength(2);
  });

  it('stops reading when the client does not take the CSV any more', async () => {
    const { organizationId, token } = await office();
    await fillLedger(db, { organizationId, calls: 60_000, from: DAYS_AGO(2) });
    const { all } = DecisionLogService.prototype;
    let chunks = 0;
    const stopped = new Promise<void>((resolve) => {
      jest.spyOn(DecisionLogService.prototype, 'all').mockImplementation(async function* (
        this: DecisionLogService,
        ...of
      ) {
        try {
          for await (const chunk of all.apply(this, of)) {
            chunks += 1;
            yield chunk;
          }
        } finally {
          resolve();
        }
      });
    });
    const headers = { authorization: `Bearer ${token}` };
    const leaving = get(v1('call-gate/authorizations.csv'), { headers, agent: false });
    const [response] = (await once(leaving, 'response')) as [IncomingMessage];
    await once(response, 'data');
    leaving.destroy();
    await stopped;
    expect(chunks).toBeLessThan(60);
  });
});
