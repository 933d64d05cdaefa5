import {
  type Authorization,
  type CallOutcome,
  createRingfenceClient,
  type Dial,
  type DialResult,
  NotDialedError,
  settle,
  type Settlement,
  withAuthorization,
  type WithAuthorizationOptions,
} from '#api-client';
import {
  allowed,
  AUTHORIZATION_ID,
  denied,
  problem,
  ScriptedGate,
  settled,
  type Step,
  unavailable,
} from '../../support/scripted-gate.js';

const { jest } = import.meta;

const CALL = { agentId: '01970000-0000-7000-8000-00000000000a', destination: '+14165550123' };
/** Ends what is never answered; answers of the scripted server come within. */
const IMPATIENT = { timeoutMs: 400, totalMs: 1_500 };
const ANSWERED: DialResult = { disposition: 'answered', durationSeconds: 42 };

describe('withAuthorization', () => {
  let gate: ScriptedGate;
  let dialed: Authorization[];

  beforeAll(async () => {
    gate = await ScriptedGate.start();
  });
  afterAll(() => gate.close());
  beforeEach(() => {
    dialed = [];
  });

  const run = (dial: Dial | DialResult = ANSWERED, options: WithAuthorizationOptions = {}, url = gate.url) =>
    withAuthorization(
      createRingfenceClient({ baseUrl: url, apiKey: 'rf_test' }),
      CALL,
      (authorization) => {
        dialed.push(authorization);
        return typeof dial === 'function' ? dial(authorization) : dial;
      },
      options,
    );

  describe('when the call is allowed', () => {
    it('dials once with the number of the gate, and completes the call with what came of it', async () => {
      gate.plays({ authorize: [allowed] });
      const facts = { sipCode: 200, externalCallId: 'CA1', cost: '0.0123', currency: 'USD' };
      const outcome = await run({ ...(ANSWERED as object), ...facts } as DialResult);
      expect(outcome).toMatchObject({
        outcome: 'dialed',
        settlement: { state: 'settled', record: { status: 'completed' } },
      });
      const [asked] = gate.asked('authorize');
      expect(asked).toMatchObject({ body: CALL, key: expect.stringMatching(/^[0-9a-f-]{36}$/) });
      expect(dialed).toMatchObject([
        {
          from: { phoneNumber: '+14165550199' },
          destination: { phoneNumber: '+14165550123' },
          authorizationId: AUTHORIZATION_ID,
          idempotencyKey: asked!.key,
        },
      ]);
      const body = { authorizationId: AUTHORIZATION_ID, disposition: 'answered', durationSeconds: 42, ...facts };
      expect(gate.requests.slice(1)).toMatchObject([{ operation: 'complete', body }]);
    });

    it('uses a new key for each call, and the one that is given', async () => {
      gate.plays({ authorize: [allowed] });
      await run();
      await run();
      await run(ANSWERED, { idempotencyKey: 'call-7' });
      const keys = gate.asked('authorize').map(({ key }) => key);
      expect([new Set(keys).size, keys[2]]).toEqual([3, 'call-7']);
    });

    it.each<[what: string, dial: Dial | DialResult, reason: string]>([
      ['says so', { notDialed: 'trunk_unavailable' }, 'trunk_unavailable'],
      ['throws it', () => Promise.reject(new NotDialedError('caller_abandoned')), 'caller_abandoned'],
      [
        'throws it without a reason',
        () => {
          throw new NotDialedError();
        },
        'not_dialed',
      ],
    ])('gives the call back when the dialer placed none and %s', async (_what, dial, reason) => {
      gate.plays({ authorize: [allowed] });
      const outcome = await run(dial);
      expect(outcome).toMatchObject({ outcome: 'not_dialed', reason, settlement: { state: 'settled' } });
      expect(gate.requests.slice(1)).toMatchObject([
        { operation: 'void', body: { authorizationId: AUTHORIZATION_ID, reason } },
      ]);
    });

    it.each<[what: string, dial: Dial]>([
      ['an error', () => Promise.reject(new Error('socket hang up'))],
      ['what looks like a result', () => Promise.reject({ notDialed: 'not_dialed' } as unknown as Error)],
      ['nothing', () => Promise.reject(undefined as unknown as Error)],
      ['nothing, but returns it', () => undefined as unknown as DialResult],
      ['nothing, but returns null', () => null as unknown as DialResult],
      ['nothing, but returns an empty object', () => ({}) as unknown as DialResult],
    ])('leaves the call counted when the dialer throws %s, for it may have been placed', async (_what, dial) => {
      gate.plays({ authorize: [allowed] });
      const outcome = await run(dial);
      expect(outcome).toMatchObject({
        outcome: 'dial_failed',
        authorization: { authorizationId: AUTHORIZATION_ID },
        message: expect.any(String),
      });
      expect([dialed.length, gate.requests.length]).toEqual([1, 1]);
    });

    it('settles nothing when a webhook will', async () => {
      gate.plays({ authorize: [allowed] });
      expect(await run({ settleLater: true })).toMatchObject({ outcome: 'dialed', settlement: { state: 'later' } });
      expect(gate.requests.length).toBe(1);
    });
  });

  describe('asks again with the same key', () => {
    it.each<[what: string, first: Step]>([
      ['a 503', unavailable],
      ['a 429', problem(429, 'too_many_requests', { 'retry-after': '0' })],
      ['a 408', problem(408, 'request_timeout')],
      ['a 500', problem(500, 'internal_error')],
      ['the 502 of a proxy', { status: 502, body: '<html>Bad gateway</html>' }],
      ['a 200 that is a page', { status: 200, body: '<html>Sign in to the WiFi</html>' }],
      ['a 200 that is other JSON', { status: 200, body: { allowed: true } }],
      ['a 200 that allows as text', { status: 200, body: { ...allowed.body, allowed: 'true' } }],
      ['a 200 that allows without a number', { status: 200, body: { ...allowed.body, from: null } }],
      ['an answer that is cut off', 'cut'],
      ['a connection that is closed', 'reset'],
      ['silence', 'silent'],
    ])('after %s', async (_what, first) => {
      gate.plays({ authorize: [first, allowed] });
      const outcome = await run(ANSWERED, { timeoutMs: 400, totalMs: 30_000 });
      expect(outcome.outcome).toBe('dialed');
      const asked = gate.asked('authorize');
      expect([asked.length, new Set(asked.map(({ key }) => key)).size, dialed.length]).toEqual([2, 1, 1]);
    });

    it('after as many seconds as Retry-After says, and not before', async () => {
      jest.useFakeTimers();
      try {
        let asked = 0;
        const answers = [problem(503, 'gate_unavailable', { 'retry-after': '2' }), denied('daily_limit_reached')];
        const client = createRingfenceClient({
          baseUrl: 'http://ringfence.test',
          fetch: () => {
            const { status, body, ...rest } = answers[asked++]! as { status: number; body: unknown; headers?: object };
            const headers = { 'content-type': 'application/json', ...rest.headers };
            return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
          },
        });
        const outcome = withAuthorization(client, CALL, () => ANSWERED);
        await jest.advanceTimersByTimeAsync(1_999);
        expect(asked).toBe(1);
        await jest.advanceTimersByTimeAsync(1);
        expect(asked).toBe(2);
        expect(await outcome).toMatchObject({ outcome: 'denied' });
      } finally {
        jest.useRealTimers();
      }
    });
  });

  describe('never dials', () => {
    const undialed = async (promise: Promise<CallOutcome>) => {
      const outcome = await promise;
      expect(dialed).toEqual([]);
      return outcome;
    };

    it.each(['daily_limit_reached', 'authorization_completed', 'authorization_expired', 'a_code_of_tomorrow'])(
      'what the gate denies: %s',
      async (reasonCode) => {
        gate.plays({ authorize: [denied(reasonCode)] });
        const outcome = await undialed(run());
        expect(outcome).toMatchObject({ outcome: 'denied', reasonCode, message: `Denied: ${reasonCode}` });
        expect(gate.requests.length).toBe(1);
      },
    );

    it.each([
      [400, 'validation_failed'],
      [401, 'authentication_required'],
      [403, 'permission_denied'],
      [422, 'idempotency_key_reused'],
    ])('what the gate refuses with %i, and does not ask again', async (status, code) => {
      gate.plays({ authorize: [problem(status, code)] });
      expect(await undialed(run())).toMatchObject({
        outcome: 'refused',
        status,
        problem: { code },
        message: `Detail of ${code}`,
      });
      expect(gate.requests.length).toBe(1);
    });

    it('what something in between refuses', async () => {
      gate.plays({ authorize: [{ status: 404, body: '<html>No such site</html>' }] });
      const outcome = await undialed(run());
      expect(outcome).toMatchObject({ outcome: 'refused', status: 404, problem: null });
    });

    it.each<[what: string, step: Step]>([
      ['a gate that stays unavailable', unavailable],
      ['a gate that never answers', 'silent'],
      ['a gate that closes each connection', 'reset'],
      ['a proxy without a gate behind it', { status: 502, body: '<html>Bad gateway</html>' }],
    ])('for want of a decision: %s', async (_what, step) => {
      gate.plays({ authorize: [step] });
      const outcome = await undialed(run(ANSWERED, IMPATIENT));
      const keys = gate.asked('authorize').map(({ key }) => key);
      expect(outcome).toMatchObject({
        outcome: 'undecided',
        idempotencyKey: keys[0],
        message: expect.any(String),
        giveBack: { void: { idempotencyKey: keys[0], reason: 'not_dialed' } },
      });
      expect([keys.length > 1, new Set(keys).size]).toEqual([true, 1]);
    });

    it('for want of a decision: nothing listens', async () => {
      const outcome = await undialed(run(ANSWERED, IMPATIENT, 'http://127.0.0.1:1'));
      expect(outcome.outcome).toBe('undecided');
    });

    it('when Retry-After is past the time that is left, and says so at once', async () => {
      gate.plays({ authorize: [problem(503, 'gate_unavailable', { 'retry-after': '3600' })] });
      expect(await undialed(run())).toMatchObject({ outcome: 'undecided', cause: { code: 'gate_unavailable' } });
      expect(gate.requests.length).toBe(1);
    });

    it('with a fetch that does not heed the signal', async () => {
      const client = createRingfenceClient({ baseUrl: gate.url, fetch: () => new Promise(() => undefined) });
      const outcome = await withAuthorization(client, CALL, () => ANSWERED, { timeoutMs: 20, totalMs: 30 });
      expect(outcome).toMatchObject({ outcome: 'undecided', message: expect.stringMatching(/No answer within/) });
    });

    it('when its caller gives up while it asks', async () => {
      gate.plays({ authorize: ['silent'] });
      const caller = new AbortController();
      const outcome = run(ANSWERED, { signal: caller.signal });
      caller.abort(new Error('Shutting down'));
      expect(await undialed(outcome)).toMatchObject({ outcome: 'undecided', message: 'Shutting down' });
    });

    it('and gives the call back when its caller gave up as the answer came', async () => {
      gate.plays({ authorize: [allowed] });
      const { signal } = new AbortController();
      let isAborted = false;
      Object.defineProperty(signal, 'aborted', { get: () => isAborted });
      const client = createRingfenceClient({
        baseUrl: gate.url,
        fetch: async (input, init) => {
          const response = await fetch(input, init);
          isAborted = true;
          return response;
        },
      });
      const outcome = await withAuthorization(client, CALL, () => Promise.reject(new Error('Dialed')), { signal });
      expect(outcome).toMatchObject({ outcome: 'not_dialed', reason: 'caller_abandoned' });
      expect(gate.asked('void').length).toBe(1);
    });

    it.each<[what: string, options: WithAuthorizationOptions]>([
      ['an empty key', { idempotencyKey: '' }],
      ['a key of spaces', { idempotencyKey: ' ' }],
      ['an endless key', { idempotencyKey: 'x'.repeat(256) }],
      ['a key that no header takes', { idempotencyKey: 'naïve\n' }],
      ['no time for a request', { timeoutMs: 0 }],
      ['a time that is no number', { totalMs: Number.NaN }],
      ['a time that no timer takes', { totalMs: Infinity }],
    ])('and does not even ask with %s', async (_what, options) => {
      gate.plays({ authorize: [allowed] });
      await expect(run(ANSWERED, options)).rejects.toThrow(RangeError);
      expect([dialed, gate.requests]).toEqual([[], []]);
    });
  });

  describe('when the API gave the call back because a try had hung up', () => {
    it('asks again with a key made of the first, and dials once', async () => {
      gate.plays({ authorize: ['silent', denied('authorization_voided'), allowed] });
      const outcome = await run(ANSWERED, { ...IMPATIENT, totalMs: 30_000, idempotencyKey: 'call-8' });
      expect(outcome).toMatchObject({ outcome: 'dialed', authorization: { idempotencyKey: 'call-8:2' } });
      expect(gate.asked('authorize').map(({ key }) => key)).toEqual(['call-8', 'call-8', 'call-8:2']);
      expect(dialed.length).toBe(1);
    });

    it('is denied when the first answer is that, for another may have voided the call', async () => {
      gate.plays({ authorize: [denied('authorization_voided')] });
      expect(await run()).toMatchObject({ outcome: 'denied', reasonCode: 'authorization_voided' });
      expect([dialed.length, gate.requests.length]).toEqual([0, 1]);
    });

    it('is denied when a longer key would be none', async () => {
      gate.plays({ authorize: [unavailable, denied('authorization_voided')] });
      const outcome = await run(ANSWERED, { idempotencyKey: 'x'.repeat(255) });
      expect(outcome).toMatchObject({ outcome: 'denied', reasonCode: 'authorization_voided' });
      expect(gate.requests.length).toBe(2);
    });

    it('ends with the fourth key', async () => {
      const [lost, voided] = [unavailable, denied('authorization_voided')];
      gate.plays({ authorize: [lost, voided, lost, voided, lost, voided, lost, voided, allowed] });
      expect(await run()).toMatchObject({ outcome: 'denied', reasonCode: 'authorization_voided' });
      expect(new Set(gate.asked('authorize').map(({ key }) => key)).size).toBe(4);
    });
  });

  describe('settles', () => {
    it.each<[what: string, dial: DialResult, operation: 'complete' | 'void', first: Step]>([
      ['a call after a 503', ANSWERED, 'complete', unavailable],
      ['a call after a closed connection', ANSWERED, 'complete', 'reset'],
      ['a call after silence', ANSWERED, 'complete', 'silent'],
      ['a call not dialed after a 503', { notDialed: 'not_dialed' }, 'void', unavailable],
    ])('again: %s', async (_what, dial, operation, first) => {
      const done = settled(operation === 'void' ? 'voided' : 'completed');
      gate.plays({ authorize: [allowed], [operation]: [first, done] });
      const outcome = await run(dial, { timeoutMs: 400, totalMs: 30_000 });
      expect(outcome).toMatchObject({ settlement: { state: 'settled' } });
      const [one, other] = gate.asked(operation);
      expect(other!.body).toEqual(one!.body);
      expect(dialed.length).toBe(1);
    });

    it('and hands back what could not be delivered, to be sent when the gate is there again', async () => {
      gate.plays({ authorize: [allowed], complete: [unavailable] });
      const outcome = await run(ANSWERED, IMPATIENT);
      expect(outcome).toMatchObject({
        outcome: 'dialed',
        settlement: { state: 'undelivered', cause: { code: 'gate_unavailable' } },
      });
      const { settlement } = (outcome as Extract<CallOutcome, { outcome: 'dialed' }>).settlement as {
        settlement: Settlement;
      };
      gate.plays({});
      const kept = JSON.parse(JSON.stringify(settlement)) as Settlement;
      expect(await settle(createRingfenceClient({ baseUrl: gate.url }), kept)).toMatchObject({ state: 'settled' });
      expect(gate.requests).toMatchObject([
        { operation: 'complete', body: { authorizationId: AUTHORIZATION_ID, ...(ANSWERED as object) } },
      ]);
    });

    it.each<[what: string, dial: DialResult, script: { complete?: Step[]; void?: Step[] }, code: string]>([
      [
        'what was reported otherwise',
        ANSWERED,
        { complete: [problem(409, 'authorization_settled')] },
        'authorization_settled',
      ],
      [
        'a void too many, which holds for the day',
        { notDialed: 'not_dialed' },
        { void: [problem(429, 'void_limit_reached')] },
        'void_limit_reached',
      ],
    ])('and tells what the gate refuses: %s', async (_what, dial, script, code) => {
      gate.plays({ authorize: [allowed], ...script });
      expect(await run(dial)).toMatchObject({ settlement: { state: 'refused', problem: { code }, settlement: {} } });
      expect(gate.requests.length).toBe(2);
    });

    it('a call that was placed even when its caller has given up', async () => {
      gate.plays({ authorize: [allowed] });
      const caller = new AbortController();
      const dial = () => {
        caller.abort();
        return ANSWERED;
      };
      expect(await run(dial, { signal: caller.signal })).toMatchObject({ settlement: { state: 'settled' } });
    });
  });
});
