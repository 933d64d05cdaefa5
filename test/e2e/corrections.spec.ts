import { randomUUID } from 'node:crypto';
import { MidnightService } from '../../apps/api/src/modules/usage/midnight.service.js';
import { startApi, type RunningApi } from '../support/api.js';
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

const CANADA = '+14165550123';
const TEXT = { accept: 'text/plain' };
const FIRST = { disposition: 'answered', durationSeconds: 61, cost: '0.01', currency: 'USD' };

interface Key {
  id: string;
  key: string;
}

describe('a later report on a completed call', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let agentId: string;
  let phoneNumberId: string;
  let dialer: Key;
  let otherDialer: Key;
  /** Hears of the final prices of all calls. */
  let collector: Key;
  let rival: Key;
  let admin: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db, { defaultAllowedCountries: ['CA'], timeZone: 'UTC' });
    const key = (
      scopes: ('calls:authorize' | 'calls:settle' | 'calls:settle-any')[],
      name?: string,
      of = organizationId,
    ) => createApiKey(db, { organizationId: of, scopes, ...(name === undefined ? {} : { name }) });
    dialer = await key(['calls:authorize', 'calls:settle'], 'Dialer');
    otherDialer = await key(['calls:authorize', 'calls:settle']);
    collector = await key(['calls:settle', 'calls:settle-any'], 'Carrier prices');
    rival = await key(['calls:settle', 'calls:settle-any'], 'Rival', await createOrganization(db));
    agentId = await createAgent(db, { organizationId });
    phoneNumberId = await createPhoneNumber(db, { organizationId });
    await createAssignment(db, { organizationId, agentId, phoneNumberId, dailyLimit: 1_000 });
    const email = `${randomUUID()}@example.test`;
    await createUser(db, { organizationId, role: 'admin', email });
    admin = await signIn(api.url, email);
  });

  beforeEach(() => setClock('2026-03-02T12:00:00Z'));

  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });

  /** @param instant an expression of SQL, or an instant */
  function setClock(instant: string) {
    const expression = instant.startsWith('2026') ? `timestamptz '${instant}'` : instant;
    return db.query(
      `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
         as $$ select ${expression} $$`,
    );
  }

  const post = (path: string, body: unknown, apiKey = dialer.key, headers: Record<string, string> = {}) =>
    request(`${api.url}/api/v1/call-gate/${path}`, { apiKey, body, headers });

  async function authorized(by = agentId): Promise<{ key: string; id: string }> {
    const key = randomUUID();
    const { body } = await post('authorize', { agentId: by, destination: CANADA }, dialer.key, {
      'idempotency-key': key,
    });
    expect(body.allowed).toBe(true);
    return { key, id: body.authorizationId as string };
  }

  const report = (id: string, body: unknown, by: Key = dialer) => post(`authorizations/${id}/complete`, body, by.key);

  async function completed(first: Record<string, unknown> = FIRST, by = agentId): Promise<string> {
    const { id } = await authorized(by);
    const answer = await report(id, first);
    expect(answer).toMatchObject({ status: 200, body: { status: 'completed', corrected: false, correctionCount: 0 } });
    return id;
  }

  const decision = async (id: string) =>
    (await request(`${api.url}/api/v1/call-gate/authorizations/${id}`, { token: admin })).body;
  const kept = async (id: string) => {
    const { corrections } = await decision(id);
    return (corrections as { changes: unknown }[]).map(({ changes }) => changes);
  };

  describe('is kept as a correction', () => {
    it.each([
      ['the duration', FIRST, { durationSeconds: 62 }, { durationSeconds: { from: 61, to: 62 } }],
      [
        'a duration that was missing',
        { disposition: 'answered' },
        { durationSeconds: 62 },
        { durationSeconds: { from: null, to: 62 } },
      ],
      ['a duration of nothing', FIRST, { durationSeconds: 0 }, { durationSeconds: { from: 61, to: 0 } }],
      [
        'the price',
        FIRST,
        { cost: '0.0135' },
        { cost: { from: '0.0100', to: '0.0135' }, currency: { from: 'USD', to: 'USD' } },
      ],
      [
        'a price that was missing',
        { disposition: 'answered' },
        { cost: '0.0135' },
        { cost: { from: null, to: '0.0135' }, currency: { from: null, to: 'USD' } },
      ],
      [
        'the currency',
        FIRST,
        { cost: '0.01', currency: 'EUR' },
        { cost: { from: '0.0100', to: '0.0100' }, currency: { from: 'USD', to: 'EUR' } },
      ],
      ['a SIP code that was missing', FIRST, { sipCode: 200 }, { sipCode: { from: null, to: 200 } }],
      ['an id that was missing', FIRST, { externalCallId: 'CA1' }, { externalCallId: { from: null, to: 'CA1' } }],
      [
        'all at once',
        { disposition: 'answered' },
        { durationSeconds: 9, sipCode: 200, externalCallId: 'CA2', cost: '1', currency: 'CAD' },
        {
          durationSeconds: { from: null, to: 9 },
          sipCode: { from: null, to: 200 },
          externalCallId: { from: null, to: 'CA2' },
          cost: { from: null, to: '1.0000' },
          currency: { from: null, to: 'CAD' },
        },
      ],
    ])('when it changes %s', async (_what, first, later, changes) => {
      const id = await completed(first);
      const before = await decision(id);
      expect(before).toMatchObject({ correctionCount: 0, corrections: [] });
      await setClock('2026-03-02T14:00:00Z');
      const answer = await report(id, { disposition: 'answered', ...later }, collector);
      expect(answer).toMatchObject({
        status: 200,
        body: { id, status: 'completed', corrected: true, correctionCount: 1 },
      });
      // The newest facts, and nothing else of the record, are others now.
      const news = Object.fromEntries(Object.entries(changes).map(([field, { to }]) => [field, to]));
      expect(await decision(id)).toEqual({
        ...before,
        ...news,
        correctionCount: 1,
        corrections: [
          {
            correctedAt: '2026-03-02T14:00:00.000Z',
            correctedBy: { kind: 'api_key', id: collector.id, label: 'Carrier prices' },
            changes,
          },
        ],
      });
      expect(answer.body.settledAt).toBe('2026-03-02T12:00:00.000Z');
      const events = await db.query(
        `select actor_id as actor, changes from audit_events where subject_id = $1 and action = 'authorization.corrected'`,
        [id],
      );
      expect(events).toEqual([{ actor: collector.id, changes }]);
    });

    it('of a person, by the e-mail', async () => {
      const id = await completed();
      const url = `${api.url}/api/v1/call-gate/authorizations/${id}/complete`;
      const answer = await request(url, { token: admin, body: { disposition: 'answered', durationSeconds: 5 } });
      expect(answer).toMatchObject({ status: 200, body: { corrected: true } });
      expect(await decision(id)).toMatchObject({
        corrections: [{ correctedBy: { kind: 'user', label: expect.stringContaining('@example.test') as unknown } }],
      });
    });

    it('by the id, by the key, in a batch and in text', async () => {
      const { key, id } = await authorized();
      await report(id, FIRST);
      const byKey = await post('complete', { idempotencyKey: key, disposition: 'answered', durationSeconds: 62 });
      expect(byKey).toMatchObject({ status: 200, body: { corrected: true, durationSeconds: 62 } });
      const named = await post('complete', { authorizationId: id, disposition: 'answered', durationSeconds: 63 });
      expect(named).toMatchObject({ status: 200, body: { corrected: true, durationSeconds: 63 } });
      const line = { authorizationId: id, disposition: 'answered', durationSeconds: 64 };
      const other = await completed();
      const batch = await post('settle-batch', {
        complete: [line, line, { ...line, disposition: 'busy' }, { authorizationId: other, ...FIRST }],
      });
      expect(batch.body).toEqual({
        complete: [
          { authorizationId: id, status: 'completed', corrected: true },
          { authorizationId: id, status: 'completed', corrected: false },
          { error: { code: 'authorization_settled', message: expect.any(String) } },
          { authorizationId: other, status: 'completed', corrected: false },
        ],
        void: [],
      });
      const text = await post('complete', { ...line, durationSeconds: 65 }, dialer.key, TEXT);
      expect([text.status, text.body]).toEqual([200, `completed ${id}\n`]);
      const texts = await post('settle-batch', { complete: [{ ...line, durationSeconds: 66 }] }, dialer.key, TEXT);
      expect(texts.body).toBe(`completed ${id}\n`);
      const durations = (await kept(id)) as { durationSeconds: { from: number; to: number } }[];
      expect(durations.map(({ durationSeconds: { from, to } }) => [from, to])).toEqual([
        [61, 62],
        [62, 63],
        [63, 64],
        [64, 65],
        [65, 66],
      ]);
    });

    it('that the log counts and the CSV file shows the newest facts of', async () => {
      const id = await completed();
      await report(id, { disposition: 'answered', durationSeconds: 77, cost: '0.5' }, collector);
      const log = await request(`${api.url}/api/v1/call-gate/authorizations?limit=1`, { token: admin });
      expect(log.body.items).toMatchObject([{ id, durationSeconds: 77, cost: '0.5000', correctionCount: 1 }]);
      expect(log.body.items[0]).not.toHaveProperty('corrections');
      const csv = await fetch(`${api.url}/api/v1/call-gate/authorizations.csv`, {
        headers: { authorization: `Bearer ${admin}` },
      });
      const line = (await csv.text()).split('\r\n').find((text) => text.startsWith(id))!;
      expect(line.split(',').slice(-7)).toEqual(['answered', '77', '', '', '', '0.5000', 'USD']);
    });
  });

  describe('changes nothing', () => {
    it.each([
      ['the same', FIRST],
      ['the same amount in other digits', { ...FIRST, cost: '0.0100' }],
      ['the same without what stays', { disposition: 'answered' }],
      ['a price without the currency, which stays', { disposition: 'answered', cost: '0.01' }],
    ])('when it says %s', async (_what, again) => {
      const id = await completed();
      for (const by of [dialer, collector]) {
        const answer = await report(id, again, by);
        expect(answer).toMatchObject({ status: 200, body: { corrected: false, correctionCount: 0 } });
        expect(answer.body).toMatchObject({ durationSeconds: 61, cost: '0.0100', currency: 'USD' });
      }
      expect(await kept(id)).toEqual([]);
    });

    it('when it is a retry that comes after the correction of another', async () => {
      const id = await completed();
      await report(id, { disposition: 'answered', durationSeconds: 62, cost: '0.02', currency: 'EUR' }, collector);
      expect(await report(id, FIRST)).toMatchObject({
        status: 200,
        body: { corrected: false, durationSeconds: 62, cost: '0.0200', currency: 'EUR' },
      });
      // Two reports of one caller that arrive in the wrong order are a retry as well.
      await report(id, { disposition: 'answered', durationSeconds: 63 }, collector);
      const late = { disposition: 'answered', durationSeconds: 62, cost: '0.02', currency: 'EUR' };
      expect(await report(id, late, collector)).toMatchObject({ body: { corrected: false, durationSeconds: 63 } });
      // What the retry says besides is news, and somebody else may say what was said before.
      const more = await report(id, { ...FIRST, sipCode: 200 });
      expect(more).toMatchObject({ body: { corrected: true, durationSeconds: 63, sipCode: 200 } });
      expect(await report(id, { disposition: 'answered', durationSeconds: 61 }, collector)).toMatchObject({
        body: { corrected: true, durationSeconds: 61 },
      });
      expect(await kept(id)).toHaveLength(4);
    });

    it('of the currency when the organization takes another one', async () => {
      const id = await completed({ disposition: 'answered', cost: '3' });
      await db.query(`update organizations set currency = 'EUR' where id = $1`, [organizationId]);
      const again = await report(id, { disposition: 'answered', cost: '3' });
      const corrected = await report(id, { disposition: 'answered', cost: '4' });
      const unpriced = await completed({ disposition: 'answered' });
      const priced = await report(unpriced, { disposition: 'answered', cost: '4' });
      await db.query(`update organizations set currency = 'USD' where id = $1`, [organizationId]);
      expect(again).toMatchObject({ body: { corrected: false, currency: 'USD' } });
      expect(corrected).toMatchObject({ body: { corrected: true, cost: '4.0000', currency: 'USD' } });
      expect(priced).toMatchObject({ body: { corrected: true, currency: 'EUR' } });
    });

    it('of a retry of the authorization, which stays used up', async () => {
      const { key, id } = await authorized();
      await report(id, FIRST);
      await report(id, { disposition: 'answered', durationSeconds: 62 });
      const retry = await post('authorize', { agentId, destination: CANADA }, dialer.key, { 'idempotency-key': key });
      expect(retry).toMatchObject({
        status: 200,
        body: { allowed: false, reasonCode: 'authorization_completed', authorizationId: id },
      });
    });
  });

  describe('is refused', () => {
    const settled = { status: 409, body: { code: 'authorization_settled' } };

    it.each([
      ['another disposition', { disposition: 'busy' }],
      ['another disposition beside a price', { disposition: 'voicemail', cost: '9' }],
      ['another SIP code', { disposition: 'answered', sipCode: 486, durationSeconds: 9 }],
      ['another id', { disposition: 'answered', externalCallId: 'CA4', cost: '9' }],
    ])('when it says %s, and changes nothing', async (_what, other) => {
      const id = await completed({ ...FIRST, sipCode: 200, externalCallId: 'CA3' });
      const before = await decision(id);
      const refused = await report(id, other, collector);
      expect(refused).toMatchObject(settled);
      expect(refused.body.detail).toContain('disposition answered, sipCode 200, externalCallId CA3, which it keeps');
      expect(await decision(id)).toEqual(before);
    });

    it('when the call was voided, whatever it says', async () => {
      const { id } = await authorized();
      await post(`authorizations/${id}/void`, { reason: 'not_dialed' });
      const refused = await report(id, FIRST);
      expect(refused).toMatchObject(settled);
      expect(refused.body.detail).toContain('voided at');
      expect(await kept(id)).toEqual([]);
    });

    it('as a void of the corrected call', async () => {
      const id = await completed();
      await report(id, { disposition: 'answered', durationSeconds: 0 });
      expect(await post(`authorizations/${id}/void`, { reason: 'not_dialed' })).toMatchObject(settled);
    });

    it('when the call was corrected 100 times, but not its repetition', async () => {
      const id = await completed();
      const complete = (from: number, count: number) => ({
        complete: Array.from({ length: count }, (_, index) => ({
          authorizationId: id,
          disposition: 'answered',
          durationSeconds: from + index,
        })),
      });
      await post('settle-batch', complete(100, 100));
      const refused = await report(id, { disposition: 'answered', durationSeconds: 5 });
      expect(refused).toMatchObject(settled);
      expect(refused.body.detail).toContain('corrected 100 times');
      expect(await report(id, { disposition: 'answered', durationSeconds: 199 })).toMatchObject({
        status: 200,
        body: { corrected: false, durationSeconds: 199, correctionCount: 100 },
      });
      expect(await kept(id)).toHaveLength(100);
    });

    it('beyond the reach of the caller, as an id that does not exist', async () => {
      const id = await completed();
      const before = await decision(id);
      const later = { disposition: 'answered', durationSeconds: 5 };
      for (const by of [otherDialer, rival]) {
        const refused = await report(id, later, by);
        const unknown = await report(randomUUID(), later, by);
        expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
          404,
          'record_not_found',
          unknown.body.detail,
        ]);
      }
      expect(await decision(id)).toEqual(before);
    });

    it('when the day of the call was dropped', async () => {
      const id = await completed();
      await report(id, { disposition: 'answered', durationSeconds: 5 });
      // As the drop leaves it: the ledger has no such call any more.
      await db.query('delete from call_authorizations where id = $1', [id]);
      expect(await report(id, { disposition: 'answered', durationSeconds: 6 })).toMatchObject({ status: 404 });
    });
  });

  describe('keeps the usage true', () => {
    let caller: string;

    beforeAll(async () => {
      caller = await createAgent(db, { organizationId });
      const number = await createPhoneNumber(db, { organizationId });
      await createAssignment(db, { organizationId, agentId: caller, phoneNumberId: number });
    });

    const usage = async (localDate: string) =>
      (
        await db.query(
          `select calls_completed as calls, duration_seconds::integer as seconds from usage_daily
           where agent_id = $1 and local_date = $2`,
          [caller, localDate],
        )
      )[0];
    const midnight = () => api.app.get(MidnightService).run();

    it('of a day that is rolled up for good, of one that will be read again, and of today', async () => {
      // Ids are of the server's clock, and the job finds the calls of a day by their ids.
      const [{ day }] = (await db.query(
        `update organizations set created_at = now(), last_rollup_date = null where id = $1
         returning (now() at time zone 'UTC')::date::text as day`,
        [organizationId],
      )) as [{ day: string }];
      const midnightAfter = (days: number) =>
        setClock(`(date '${day}' + ${days})::timestamp at time zone 'UTC' + interval '10 minutes'`);
      await midnightAfter(0);
      const answered = { disposition: 'answered' };
      const ids = [await completed(FIRST, caller), await completed(FIRST, caller), await completed(answered, caller)];
      const later = (index: number, durationSeconds: number) =>
        report(ids[index]!, { disposition: 'answered', durationSeconds }, collector);
      await later(0, 100);

      await midnightAfter(1);
      await midnight();
      expect(await usage(day)).toEqual({ calls: 3, seconds: 161 });
      // The job reads the day once more, so nothing is added to it now.
      await later(1, 11);
      expect(await usage(day)).toEqual({ calls: 3, seconds: 161 });

      await midnightAfter(2);
      await midnight();
      expect(await usage(day)).toEqual({ calls: 3, seconds: 111 });
      await later(0, 50);
      expect(await usage(day)).toEqual({ calls: 3, seconds: 61 });
      await later(2, 39);
      expect(await usage(day)).toEqual({ calls: 3, seconds: 100 });
      await report(ids[1]!, { disposition: 'answered', cost: '7' }, collector);
      expect(await usage(day)).toEqual({ calls: 3, seconds: 100 });

      await midnightAfter(4);
      await midnight();
      expect(await usage(day)).toEqual({ calls: 3, seconds: 100 });
    });
  });

  it('leaves rows that the API can neither change nor delete', async () => {
    const id = await completed();
    await report(id, { disposition: 'answered', durationSeconds: 5 });
    const asTenant = async (sql: string) => {
      const client = await db.connect();
      try {
        await client.query(`begin; set local role ringfence_app`);
        await client.query(`set local ringfence.organization_ids = '{${organizationId}}'`);
        return await client.query(sql, [id]);
      } finally {
        await client.query('rollback');
        await client.end();
      }
    };
    const found = await asTenant('select from settlement_corrections where authorization_id = $1');
    expect(found.rowCount).toBe(1);
    const denied = expect.objectContaining({ code: '42501' }) as unknown;
    await expect(
      asTenant(`update settlement_corrections set changes = '{"a":1}' where authorization_id = $1`),
    ).rejects.toEqual(denied);
    await expect(asTenant('delete from settlement_corrections where authorization_id = $1')).rejects.toEqual(denied);
  });
});
