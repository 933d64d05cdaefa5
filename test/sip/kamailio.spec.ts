import { once } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import type { Behavior } from './support/carrier.js';
import { hasInstalled } from './support/installed.js';
import { startKamailio } from './support/kamailio.js';
import { SipWorld } from './support/sip-world.js';
import { type SipMessage, statusOf, userOf, valueOf, valuesOf } from './support/sip-message.js';
import { placeCalls } from './support/sipp.js';

const CANADA = '+14165550123';

/** What the proxy says of a refusal beside the status (RFC 3326). */
const reasonOf = (response: SipMessage): string => /text="([^"]*)"/.exec(valueOf(response, 'Reason'))?.[1] ?? '';

const describeWithServers = hasInstalled('kamailio', 'sipp') ? describe : describe.skip;

describeWithServers('Kamailio with deploy/sip/kamailio/kamailio.cfg', () => {
  let world: SipWorld;

  beforeAll(async () => {
    world = await SipWorld.open((site) =>
      startKamailio(site, (text) =>
        text
          .replace('"fr_timer", 5000', '"fr_timer", 1000')
          .replace('"fr_inv_timer", 60000', '"fr_inv_timer", 2000')
          .replace('autoexpire=32', 'autoexpire=4'),
      ),
    );
  });
  afterAll(async () => {
    await world?.close();
  });

  it('lets through exactly what the limit allows: 40 of 200 calls at 50 a second', async () => {
    await world.reset(40);
    await placeCalls({ proxyPort: world.server.port, destination: CANADA, calls: 200, perSecond: 50 });
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
      expect(call.ended).toBe(true);
      expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
    });

    it.each<[what: string, behavior: Behavior, status: number, row: object]>([
      ['busy', { kind: 'refuse', status: 486 }, 486, { disposition: 'busy', sip_code: 486 }],
      ['busy everywhere', { kind: 'refuse', status: 600 }, 600, { disposition: 'busy', sip_code: 600 }],
      ['not there', { kind: 'refuse', status: 480 }, 480, { disposition: 'no_answer', sip_code: 480 }],
      ['declined', { kind: 'refuse', status: 603 }, 603, { disposition: 'rejected', sip_code: 603 }],
      ['unknown number', { kind: 'refuse', status: 404 }, 404, { disposition: 'failed', sip_code: 404 }],
      ['never answered', { kind: 'ring' }, 408, { disposition: 'no_answer', sip_code: 408 }],
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

    it.each<[what: string, behavior: Behavior, status: number]>([
      ['refuses all', { kind: 'refuse', status: 503 }, 502],
      ['is dead', { kind: 'silent' }, 502],
    ])('a call that no carrier placed by giving it back: the carrier %s', async (_what, behavior, status) => {
      world.carrier.behaviors.set(CANADA, behavior);
      expect(await world.dialer.call(CANADA).status()).toBe(status);
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
          ['Identity', 'abc;info=<https://example.org>'],
        ],
      });
      const answer = await call.final;
      await call.request('BYE', 2);
      const [invite] = world.carrier.invites;
      expect(userOf(valueOf(invite!, 'From'))).toBe('+12025550123');
      expect(valuesOf(invite!, 'P-Asserted-Identity').map(userOf)).toEqual(['+12025550123']);
      for (const name of ['P-Preferred-Identity', 'Remote-Party-ID', 'Diversion', 'Identity']) {
        expect(valuesOf(invite!, name)).toEqual([]);
      }
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
      ['+44 not allowed', '+442079460958', 403, 'country_not_allowed'],
      ['premium rate', '+19005551234', 403, 'number_type_blocked'],
      ['an emergency number', '911', 484, 'destination_invalid'],
    ])('what the gate denies, with its reason: %s', async (_what, dialed, status, reason) => {
      const answer = await world.dialer.call(dialed).final;
      expect([statusOf(answer), reasonOf(answer)]).toEqual([status, reason]);
      expect(world.carrier.rung).toEqual([]);
    });

    it.each([
      ['a quotation mark', `${CANADA}%22,%22agentId%22:%220`],
      ['a backslash', `${CANADA}%5C`],
      ['40 digits', `+1${'4'.repeat(39)}`],
      ['no plus', CANADA.slice(1)],
      ['a phone context', `4165550123;phone-context=+1`],
      ['a line break', `${CANADA}%0D%0AX-Other:%201`],
      ['two numbers', `${CANADA}&${CANADA}`],
      ['letters', '+1800FLOWERS'],
      ['anonymous', 'anonymous'],
      ['a NUL', `${CANADA}%00`],
      ['other digits', `+1416555%D9%A1123`],
    ])('what is no E.164 number without asking: %s', async (_what, user) => {
      const answer = await world.dialer.call(user).final;
      expect([statusOf(answer), reasonOf(answer)]).toEqual([484, 'destination_invalid']);
      expect([world.carrier.rung, await world.ledger()]).toEqual([[], []]);
    });

    it('an address without a user', async () => {
      const address = `sip:127.0.0.1:${world.server.port}`;
      expect(await world.dialer.call('', { address }).status()).toBe(484);
      expect(world.carrier.rung).toEqual([]);
    });

    it('a transfer that the carrier would dial past the gate', async () => {
      const call = world.dialer.call(CANADA);
      await call.final;
      const answer = await call.request('REFER', 2, [['Refer-To', '<sip:+19005551234@carrier.example>']]);
      expect([statusOf(answer), reasonOf(answer)]).toEqual([403, 'transfer_not_asked']);
      await call.request('BYE', 3);
      expect(world.carrier.requests.map(({ start }) => start.split(' ')[0])).not.toContain('REFER');
    });

    it('to follow a redirection: the dialer is sent back, and the gate asked about the other number', async () => {
      const headers: [string, string][] = [['Contact', '<sip:+442079460958@elsewhere.example>']];
      world.carrier.behaviors.set(CANADA, { kind: 'refuse', status: 302, headers });
      const moved = await world.dialer.call(CANADA).final;
      expect(statusOf(moved)).toBe(302);
      expect(valueOf(moved, 'Contact')).toBe(`<sip:+442079460958@127.0.0.1:${world.server.port}>`);
      const other = await world.dialer.call('+442079460958').final;
      expect([statusOf(other), reasonOf(other)]).toEqual([403, 'country_not_allowed']);
      expect(world.carrier.rung).toEqual([CANADA]);
    });
  });

  describe('counts a call once', () => {
    beforeEach(() => world.reset(1));

    it('when its INVITE comes three times, and from a slow gate', async () => {
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
      const calls = [world.dialer.call(CANADA, same), world.dialer.call(CANADA, same)];
      const statuses = await Promise.all(calls.map((call) => call.status()));
      expect(statuses.sort()).toEqual([200, 482]);
      await calls.find((call) => call.isAnswered)!.request('BYE', 2);
      expect(await world.dialer.call(CANADA, same).status()).toBe(482);
      await world.everythingIsSettled();
      expect(await world.dialer.call(CANADA, same).status()).toBe(482);
      expect([world.carrier.rung.length, await world.counted()]).toEqual([1, 1]);
    });

    it('when no carrier took it and the dialer tries again at once', async () => {
      const same = { callId: 'retried@dialer', fromTag: 'retried' };
      await world.reset(10);
      world.carrier.behaviors.set(CANADA, { kind: 'refuse', status: 503 });
      expect(await world.dialer.call(CANADA, same).status()).toBe(502);
      world.carrier.behaviors.clear();
      const again = world.dialer.call(CANADA, same);
      expect(await again.status()).toBe(200);
      await again.request('BYE', 2);
      await world.everythingIsSettled();
      expect((await world.ledger()).map(({ status }) => status as string)).toEqual(['voided', 'completed']);
      expect(await world.counted()).toBe(1);
    });
  });

  describe('with a gate in trouble', () => {
    it('rings no call that it refused, answers OPTIONS all the time, and gives back what was counted', async () => {
      await world.reset(1_000);
      world.api.process.kill('SIGSTOP');
      const calls = [];
      let slowest = 0;
      for (let sent = 0; sent < 250; sent++) {
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
        `gate stopped for 5 s: ${rung} rang, ${refused} answered 503, OPTIONS at most ${Math.round(slowest)} ms`,
      );
      expect(rung + refused).toBe(250);
      expect(world.carrier.rung.length).toBe(rung);
    });

    it('counts each call once when the gate dies and the dialers try again with the same Call-ID', async () => {
      await world.reset(15);
      const same = Array.from({ length: 15 }, (_, at) => ({ callId: `again-${at}`, fromTag: `tag-${at}` }));
      const first = same.map((options) => world.dialer.call(CANADA, options));
      await eventually(async () => (await world.counted()) > 0);
      world.api.process.kill('SIGKILL');
      await once(world.api.process, 'exit');
      const answers = await Promise.all(first.map((call) => call.status()));
      expect(new Set(answers.filter((status) => status !== 200))).toEqual(new Set([503]));
      await world.restartApi();
      const placed = await Promise.all(
        same.map(async (options, at) => answers[at] === 200 || (await untilDecided(options)) === 200),
      );
      expect(placed.filter(Boolean).length).toBe(15);
      expect([world.carrier.rung.length, await world.counted()]).toEqual([15, 15]);
    });

    async function untilDecided(options: { callId: string; fromTag: string }): Promise<number> {
      for (;;) {
        const status = await world.dialer.call(CANADA, options).status();
        if (status !== 503) return status;
      }
    }
  });

  it('keeps the key out of its log', () => {
    expect(world.server.log()).not.toContain(world.apiKey);
  });
});
