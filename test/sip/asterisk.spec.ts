import { setTimeout as after } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { type Asterisk, startAsterisk } from './support/asterisk.js';
import type { Behavior } from './support/carrier.js';
import { findServer, hasInstalled, notRun } from './support/installed.js';
import { CALLER_ID, SipWorld } from './support/sip-world.js';
import { statusOf, userOf, valueOf, valuesOf } from './support/sip-message.js';
import { placeCalls } from './support/sipp.js';

const CANADA = '+14165550123';

const program = hasInstalled('sipp') ? findServer('asterisk', 'ASTERISK_PATH', '-V') : null;
if (program) describe('Asterisk with deploy/sip/asterisk', () => testsOf(program));
else {
  it('with Asterisk is named as not run', () => {
    expect(notRun).toEqual(['asterisk']);
  });
}

function testsOf(found: string): void {
  let world: SipWorld;
  let asterisk: Asterisk;

  beforeAll(async () => {
    world = await SipWorld.open(async (site) => (asterisk = await startAsterisk(found, site)));
  });
  afterAll(async () => {
    await world?.close();
  });

  it('lets through exactly what the limit allows: 40 of 100 calls at 20 a second', async () => {
    await world.reset(40);
    await placeCalls({ proxyPort: asterisk.port, destination: CANADA, calls: 100, perSecond: 20 });
    await world.everythingIsSettled();
    expect([world.carrier.rung.length, await world.counted()]).toEqual([40, 40]);
    const rows = await world.ledger();
    expect(rows.filter(({ disposition }) => disposition === 'answered').length).toBe(40);
    expect(rows.filter((row) => row['reason_code'] === 'daily_limit_reached').length).toBe(60);
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
      expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
    });

    it.each<[what: string, behavior: Behavior, status: number, row: object]>([
      ['busy', { kind: 'refuse', status: 486 }, 486, { disposition: 'busy', sip_code: 486 }],
      ['busy everywhere', { kind: 'refuse', status: 600 }, 600, { disposition: 'busy', sip_code: 600 }],
      ['not there', { kind: 'refuse', status: 480 }, 480, { disposition: 'no_answer', sip_code: 480 }],
      ['declined', { kind: 'refuse', status: 603 }, 603, { disposition: 'rejected', sip_code: 603 }],
      ['unknown number', { kind: 'refuse', status: 404 }, 404, { disposition: 'failed', sip_code: 404 }],
      ['never answered', { kind: 'ring' }, 480, { disposition: 'no_answer' }],
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
          ['Privacy', 'id'],
          ['Identity', 'abc;info=<https://example.org>'],
        ],
      });
      expect(await call.status()).toBe(200);
      await call.request('BYE', 2);
      const [invite] = world.carrier.invites;
      expect(userOf(valueOf(invite!, 'From'))).toBe(CALLER_ID);
      expect(valuesOf(invite!, 'P-Asserted-Identity').map(userOf)).toEqual([CALLER_ID]);
      for (const name of ['P-Preferred-Identity', 'Remote-Party-ID', 'Diversion', 'Privacy', 'Identity']) {
        expect(valuesOf(invite!, name)).toEqual([]);
      }
      expect(invite!.headers.map(([, value]) => value).join()).not.toMatch(/19005551234|15550001111|Dialer/);
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
      ['+44 not allowed', '+442079460958', 'country_not_allowed'],
      ['premium rate', '+19005551234', 'number_type_blocked'],
    ])('what the gate denies, and logs the reason: %s', async (_what, dialed, reason) => {
      expect(await world.dialer.call(dialed).status()).toBe(403);
      expect(asterisk.log()).toContain(`to ${dialed} denied: ${reason}`);
      expect(world.carrier.rung).toEqual([]);
    });

    it.each([
      ['another agent', `${CANADA}%22,%22agentId%22:%2200000000-0000-7000-8000-00000000000a`, 484],
      ['the end of the request', `${CANADA}%22%7D`, 484],
      ['a comma', `${CANADA},1`, 484],
      ['a variable', `${CANADA}$%7BENV(RINGFENCE_KEY)%7D`, 484],
      ['an expression', `${CANADA}$%5B1+1%5D`, 484],
      ['a single quote', `${CANADA}'`, 484],
      ['a backslash', `${CANADA}%5C`, 484],
      ['40 digits', `+1${'4'.repeat(39)}`, 484],
      ['no plus', CANADA.slice(1), 484],
      ['an emergency number', '911', 484],
      ['a line break', `${CANADA}%0D%0AX-Other:%201`, 484],
      ['two numbers', `${CANADA}&${CANADA}`, 484],
      ['letters behind', '+1800FLOWERS', 484],
      ['letters', 'anonymous', 404],
      ['the end of each call', 'h', 404],
      ['other digits', `+1416555%D9%A1123`, 484],
    ])('what is no E.164 number without asking: %s', async (_what, user, status) => {
      expect(await world.dialer.call(user).status()).toBe(status);
      expect([world.carrier.rung, await world.ledger()]).toEqual([[], []]);
    });

    it('a transfer that the carrier would dial past the gate', async () => {
      const call = world.dialer.call(CANADA);
      await call.final;
      const referred = call.request('REFER', 2, [['Refer-To', '<sip:+19005551234@carrier.example>']]);
      // No module is loaded that would answer.
      const answer = await Promise.race([referred, after(1_000)]);
      if (answer) expect(statusOf(answer)).toBeGreaterThanOrEqual(400);
      await call.request('BYE', 3);
      expect(world.carrier.rung).toEqual([CANADA]);
    });

    it('to follow a redirection', async () => {
      const headers: [string, string][] = [['Contact', `<sip:+19005551234@127.0.0.1:${world.carrier.port}>`]];
      world.carrier.behaviors.set(CANADA, { kind: 'refuse', status: 302, headers });
      expect(await world.dialer.call(CANADA).status()).toBe(502);
      await world.everythingIsSettled();
      expect(world.carrier.rung).toEqual([CANADA]);
      expect(await world.ledger()).toMatchObject([{ status: 'voided' }]);
    });
  });

  describe('counts a call once', () => {
    beforeEach(() => world.reset(10));

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
      await world.everythingIsSettled();
      expect(await world.dialer.call(CANADA, same).status()).toBe(403);
      expect([world.carrier.rung.length, await world.counted()]).toEqual([1, 1]);
    });
  });

  describe('with a gate in trouble', () => {
    it('answers 503 and rings no phone while the gate is stopped, lives on, and gives back what was counted', async () => {
      await world.reset(1_000);
      world.api.process.kill('SIGSTOP');
      const calls = Array.from({ length: 20 }, () => world.dialer.call(CANADA));
      await world.dialer.options(1_000);
      expect(new Set(await Promise.all(calls.map((call) => call.status())))).toEqual(new Set([503]));
      world.api.process.kill('SIGCONT');
      expect(world.carrier.rung).toEqual([]);
      await eventually(async () => !(await asterisk.command('database show ringfence')).includes('void'), 20_000);
      await eventually(async () => (await world.counted()) === 0, 20_000);
    });

    it('answers 503 while the gate is dead, and keeps settlements until it is back', async () => {
      await world.reset(1_000);
      const call = world.dialer.call(CANADA);
      expect(await call.status()).toBe(200);
      await world.api.stop();
      expect(await world.dialer.call(CANADA).status()).toBe(503);
      await call.request('BYE', 2);
      await eventually(async () => (await asterisk.command('database show ringfence')).includes('complete'));
      await world.restartApi();
      await world.everythingIsSettled();
      expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
      expect([world.carrier.rung.length, await world.counted()]).toEqual([1, 1]);
    });

    it('answers 503, and not 403, to a key that is refused', async () => {
      await world.reset(1_000);
      await world.db.query('update api_keys set revoked_at = now()');
      // The gate knows a key for some seconds more.
      await eventually(async () => (await world.dialer.call('+442079460958').status()) === 503, 30_000);
      await world.db.query('update api_keys set revoked_at = null');
      await eventually(async () => (await world.dialer.call('+442079460958').status()) === 403, 30_000);
      expect(world.carrier.rung).toEqual([]);
    });
  });

  it('asks and settles as before when its dialplan was loaded again', async () => {
    await world.reset(1_000);
    await asterisk.command('dialplan reload');
    const call = world.dialer.call(CANADA);
    expect(await call.status()).toBe(200);
    await call.request('BYE', 2);
    await world.everythingIsSettled();
    expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
  });

  it('keeps the key out of its log', () => {
    expect(asterisk.log()).toContain('/call-gate/authorize');
    expect(asterisk.log()).not.toContain(world.apiKey);
  });
}
