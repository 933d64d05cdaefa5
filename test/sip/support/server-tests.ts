import { setTimeout as after } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import type { Behavior } from './carrier.js';
import { type SipMessage, statusOf, userOf, valueOf, valuesOf } from './sip-message.js';
import type { StartSipServer } from './sip-server.js';
import { CALLER_ID, SipWorld } from './sip-world.js';
import { placeCalls } from './sipp.js';

export const CANADA = '+14165550123';
const NOT_ALLOWED = '+442079460958';
const PREMIUM_RATE = '+19005551234';

/** In which ways servers differ that all do what they have to. */
export interface Traits {
  /** Of so many calls, with so many a second, the limit lets 40 through. */
  load: { calls: number; perSecond: number };
  /** Seconds of calls to a gate that has stopped, 50 a second. */
  secondsStopped: number;
  /** What the dialer hears of a call that was never answered. */
  unanswered: number;
  /** What it hears when the same INVITE comes once more after the call. */
  repeatedAfterTheEnd: number;
  /** What it hears of an address that is no E.164 number. */
  malformed: (user: string) => number;
  /** The reason of a denial as the dialer, or where that is not possible the log, is told it. */
  reasonOf: (response: SipMessage, dialed: string) => string;
}

/**
 * What each server with a configuration of deploy/sip has to do.
 *
 * @param more tests of what this server does beside
 */
export function testServer(start: StartSipServer, traits: Traits, more: (opened: () => SipWorld) => void): void {
  let world: SipWorld;
  beforeAll(async () => {
    world = await SipWorld.open(start);
  });
  afterAll(async () => {
    await world?.close();
  });

  it(`lets through exactly what the limit allows: 40 of ${traits.load.calls} calls`, async () => {
    await world.reset(40);
    await placeCalls({ proxyPort: world.server.port, destination: CANADA, ...traits.load });
    await world.everythingIsSettled();
    expect([world.carrier.rung.length, await world.counted()]).toEqual([40, 40]);
    const rows = await world.ledger();
    expect(rows.filter(({ disposition }) => disposition === 'answered').length).toBe(40);
    // The others, but for those that a machine under load answers 503 because too many wait.
    expect(rows.filter((row) => row['reason_code'] === 'daily_limit_reached').length).toBe(rows.length - 40);
  });

  describe('settles', () => {
    beforeEach(() => world.reset(1_000));

    it('an answered call that the dialer ends, with its duration', async () => {
      const call = world.dialer.call(CANADA);
      expect(await call.status()).toBe(200);
      await after(1_100);
      expect(statusOf(await call.request('BYE', 2))).toBe(200);
      await world.everythingIsSettled();
      const [row] = await world.ledger();
      expect(row).toMatchObject({ destination: CANADA, status: 'completed', disposition: 'answered', sip_code: 200 });
      expect(row!['duration_seconds']).toBeGreaterThanOrEqual(1);
      expect(await world.counted()).toBe(1);
    });

    it('an answered call that the carrier ends', async () => {
      world.carrier.behaviors.set(CANADA, { kind: 'answer', hangUpAfterMs: 50 });
      const call = world.dialer.call(CANADA);
      expect(await call.status()).toBe(200);
      await world.everythingIsSettled();
      await eventually(() => call.ended);
      expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
    });

    it('a call that the carrier forks as one', async () => {
      world.carrier.behaviors.set(CANADA, { kind: 'fork' });
      const call = world.dialer.call(CANADA);
      expect(await call.status()).toBe(200);
      expect(statusOf(await call.request('BYE', 2))).toBe(200);
      await world.everythingIsSettled();
      expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
      expect(await world.counted()).toBe(1);
    });

    it.each<[what: string, behavior: Behavior, status: number, row: object]>([
      ['busy', { kind: 'refuse', status: 486 }, 486, { disposition: 'busy', sip_code: 486 }],
      ['busy everywhere', { kind: 'refuse', status: 600 }, 600, { disposition: 'busy', sip_code: 600 }],
      ['not there', { kind: 'refuse', status: 480 }, 480, { disposition: 'no_answer', sip_code: 480 }],
      ['declined', { kind: 'refuse', status: 603 }, 603, { disposition: 'rejected', sip_code: 603 }],
      ['unknown number', { kind: 'refuse', status: 404 }, 404, { disposition: 'failed', sip_code: 404 }],
      ['never answered', { kind: 'ring' }, traits.unanswered, { disposition: 'no_answer' }],
    ])('a call that failed as completed: %s', async (_what, behavior, status, row) => {
      world.carrier.behaviors.set(CANADA, behavior);
      expect(await world.dialer.call(CANADA).status()).toBe(status);
      await world.everythingIsSettled();
      expect(await world.ledger()).toMatchObject([{ status: 'completed', ...row }]);
      expect(await world.counted()).toBe(1);
    });

    it('a call that the dialer canceled while it rang', async () => {
      world.carrier.behaviors.set(CANADA, { kind: 'ring' });
      const call = world.dialer.call(CANADA);
      await call.heard(180);
      call.cancel();
      expect(await call.status()).toBe(487);
      await world.everythingIsSettled();
      expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'canceled' }]);
    });

    it('a call that the dialer canceled while the gate was asked by giving it back', async () => {
      world.api.process.kill('SIGSTOP');
      const call = world.dialer.call(CANADA);
      await call.heard(100);
      call.cancel();
      await call.canceled;
      // What answers this has read the CANCEL before it.
      await world.dialer.options(1_000);
      world.api.process.kill('SIGCONT');
      expect(await call.status()).toBe(487);
      await eventually(async () => (await world.ledger()).length === 1);
      await world.everythingIsSettled();
      expect(await world.ledger()).toMatchObject([{ status: 'voided', void_reason: 'caller_abandoned' }]);
      expect([world.carrier.rung, await world.counted()]).toEqual([[], 0]);
    });

    it.each<[what: string, behavior: Behavior]>([
      ['refuses all', { kind: 'refuse', status: 503 }],
      ['is dead', { kind: 'silent' }],
    ])('a call that no carrier placed by giving it back: the carrier %s', async (_what, behavior) => {
      world.carrier.behaviors.set(CANADA, behavior);
      expect(await world.dialer.call(CANADA).status()).toBe(502);
      await world.everythingIsSettled();
      expect(await world.ledger()).toMatchObject([{ status: 'voided', void_reason: 'trunk_unavailable' }]);
      expect(await world.counted()).toBe(0);
    });
  });

  describe('tells the carrier', () => {
    beforeEach(() => world.reset(1_000));

    it("the gate's caller ID, and nothing of what the dialer says of itself", async () => {
      const call = world.dialer.call(CANADA, {
        headers: [
          ['P-Asserted-Identity', '<sip:+19005551234@example.org>'],
          ['P-Preferred-Identity', '<sip:+19005551234@example.org>'],
          ['Remote-Party-ID', '<sip:+19005551234@example.org>;party=calling'],
          ['Diversion', '<sip:+19005551234@example.org>'],
          ['History-Info', '<sip:+19005551234@example.org>;index=1'],
          ['Privacy', 'id'],
          ['Identity', 'abc;info=<https://example.org>'],
        ],
      });
      const answer = await call.final;
      expect(statusOf(answer)).toBe(200);
      await call.request('BYE', 2);
      const [invite] = world.carrier.invites;
      expect(userOf(valueOf(invite!, 'From'))).toBe(CALLER_ID);
      expect(valuesOf(invite!, 'P-Asserted-Identity').map(userOf)).toEqual([CALLER_ID]);
      for (const name of ['P-Preferred-Identity', 'Remote-Party-ID', 'Diversion', 'History-Info', 'Identity']) {
        expect(valuesOf(invite!, name)).toEqual([]);
      }
      expect(valuesOf(invite!, 'Privacy')).not.toContain('id');
      expect(invite!.headers.map(([, value]) => value).join()).not.toMatch(/19005551234|15550001111|Dialer/);
      // The dialer goes on seeing its own From, or it would not know its call.
      expect(userOf(valueOf(answer, 'From'))).toBe('+15550001111');
    });

    it('the number without its separators', async () => {
      const call = world.dialer.call('+1-(416)-555.0123');
      expect(await call.status()).toBe(200);
      await call.request('BYE', 2);
      expect(world.carrier.rung).toEqual([CANADA]);
    });
  });

  describe('refuses', () => {
    beforeEach(() => world.reset(1_000));

    it.each([
      ['a country that is not allowed', NOT_ALLOWED, 'country_not_allowed'],
      ['premium rate', PREMIUM_RATE, 'number_type_blocked'],
    ])('what the gate denies, and tells the reason: %s', async (_what, dialed, reason) => {
      const answer = await world.dialer.call(dialed).final;
      expect([statusOf(answer), traits.reasonOf(answer, dialed)]).toEqual([403, reason]);
      expect(world.carrier.rung).toEqual([]);
    });

    it.each([
      ['another agent', `${CANADA}%22,%22agentId%22:%2200000000-0000-7000-8000-00000000000a`],
      ['the end of the request', `${CANADA}%22%7D`],
      ['a quotation mark in the midst', '+1416%225550123'],
      ['a comma', `${CANADA},1`],
      ['a variable', `${CANADA}$%7BENV(RINGFENCE_KEY)%7D`],
      ['an expression', `${CANADA}$%5B1+1%5D`],
      ['a single quote', `${CANADA}'`],
      ['a backslash', `${CANADA}%5C`],
      ['40 digits', `+1${'4'.repeat(39)}`],
      ['no plus', CANADA.slice(1)],
      ['two pluses', `+${CANADA}`],
      ['a phone context', '4165550123;phone-context=+1'],
      ['an emergency number', '911'],
      ['a line break', `${CANADA}%0D%0AX-Other:%201`],
      ['a line break at the end', `${CANADA}%0A`],
      ['two numbers', `${CANADA}&${CANADA}`],
      ['letters behind', '+1800FLOWERS'],
      ['letters', 'anonymous'],
      ['one letter', 'h'],
      ['other digits', '+1416555%D9%A1123'],
    ])('what is no E.164 number without asking: %s', async (_what, user) => {
      expect(await world.dialer.call(user).status()).toBe(traits.malformed(user));
      expect([world.carrier.rung, await world.ledger()]).toEqual([[], []]);
    });

    it('an address without a user without asking', async () => {
      const address = `sip:127.0.0.1:${world.server.port}`;
      expect(await world.dialer.call('', { address }).status()).toBe(traits.malformed(''));
      expect([world.carrier.rung, await world.ledger()]).toEqual([[], []]);
    });

    it('a transfer that the carrier would dial past the gate', async () => {
      const call = world.dialer.call(CANADA);
      await call.final;
      const answer = await call.request('REFER', 2, [['Refer-To', '<sip:+19005551234@carrier.example>']]);
      expect(statusOf(answer)).toBeGreaterThanOrEqual(400);
      await call.request('BYE', 3);
      expect(world.carrier.requests.map(({ start }) => start.split(' ')[0])).not.toContain('REFER');
      expect(world.carrier.rung).toEqual([CANADA]);
    });
  });

  describe('counts a call once', () => {
    it('when its INVITE comes three times, and from a slow gate', async () => {
      await world.reset(10);
      world.api.process.kill('SIGSTOP');
      const call = world.dialer.call(CANADA, { copies: 3 });
      await after(1_200);
      world.api.process.kill('SIGCONT');
      expect(await call.status()).toBe(200);
      await call.request('BYE', 2);
      expect([world.carrier.rung.length, await world.counted()]).toEqual([1, 1]);
    });

    it('when the same INVITE comes by two ways, or again when all is over', async () => {
      const same = { callId: 'one@dialer', fromTag: 'one' };
      await world.reset(10);
      const calls = [world.dialer.call(CANADA, same), world.dialer.call(CANADA, same)];
      const statuses = await Promise.all(calls.map((call) => call.status()));
      expect(statuses.sort()).toEqual([200, 482]);
      await calls.find((call) => call.isAnswered)!.request('BYE', 2);
      await world.everythingIsSettled();
      expect(await world.dialer.call(CANADA, same).status()).toBe(traits.repeatedAfterTheEnd);
      expect([world.carrier.rung.length, await world.counted()]).toEqual([1, 1]);
    });
  });

  describe('with a gate in trouble', () => {
    it('rings no call that it refused, answers OPTIONS all the time, and gives back what was counted', async () => {
      await world.reset(1_000);
      world.api.process.kill('SIGSTOP');
      const calls = [];
      let slowest = 0;
      for (let sent = 0; sent < traits.secondsStopped * 50; sent++) {
        calls.push(world.dialer.call(CANADA));
        if (sent % 10 === 0) slowest = Math.max(slowest, await world.dialer.options(1_000));
        await after(20);
      }
      world.api.process.kill('SIGCONT');
      const statuses = await Promise.all(calls.map((call) => call.status()));
      await Promise.all(calls.map(async (call, at) => statuses[at] === 200 && call.request('BYE', 2)));
      await eventually(async () => (await world.counted()) === world.carrier.rung.length, 20_000);
      const refused = statuses.filter((status) => status === 503).length;
      const rung = statuses.filter((status) => status === 200).length;
      console.log(
        `gate stopped for ${traits.secondsStopped} s: ${rung} of ${calls.length} rang, ${refused} answered 503, ` +
          `OPTIONS at most ${Math.round(slowest)} ms`,
      );
      expect(rung + refused).toBe(calls.length);
      expect(world.carrier.rung.length).toBe(rung);
      await gateIsUsedAgain();
    });

    it('answers 503 while the gate is dead, and keeps settlements until it is back', async () => {
      await world.reset(1_000);
      const call = world.dialer.call(CANADA);
      expect(await call.status()).toBe(200);
      await world.api.stop();
      expect(await world.dialer.call(CANADA).status()).toBe(503);
      expect(statusOf(await call.request('BYE', 2))).toBe(200);
      await world.restartApi();
      await world.everythingIsSettled();
      expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
      expect([world.carrier.rung.length, await world.counted()]).toEqual([1, 1]);
      await gateIsUsedAgain();
    });

    it('answers 503, and not 403, to a key that is refused', async () => {
      await world.reset(1_000);
      await world.db.query('update api_keys set revoked_at = now()');
      // The gate knows a key for some seconds more.
      await eventually(async () => (await world.dialer.call(NOT_ALLOWED).status()) === 503, 30_000);
      await world.db.query('update api_keys set revoked_at = null');
      await gateIsUsedAgain();
      expect(world.carrier.rung).toEqual([]);
    });
  });

  more(() => world);

  // After all others: nothing that was logged in them has a key in it.
  it('keeps the key out of its log', () => {
    expect(world.server.log()).not.toBe('');
    expect(world.server.log()).not.toContain(world.apiKey);
  });

  /** The first calls may hear 503 when calls before them found no gate. */
  function gateIsUsedAgain(): Promise<void> {
    return eventually(async () => (await world.dialer.call(NOT_ALLOWED).status()) === 403, 30_000);
  }
}
