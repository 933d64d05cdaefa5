import { eventually } from '../support/eventually.js';
import { type Asterisk, startAsterisk } from './support/asterisk.js';
import { findServer, hasInstalled, notRun } from './support/installed.js';
import { CANADA, testServer } from './support/server-tests.js';
import { statusOf } from './support/sip-message.js';
import type { SipWorld } from './support/sip-world.js';

const program = hasInstalled('sipp') ? findServer('asterisk', 'ASTERISK_PATH', '-V') : null;
if (program) {
  describe('Asterisk with deploy/sip/asterisk', () => {
    let asterisk: Asterisk;
    testServer(
      async (site) => (asterisk = await startAsterisk(program, site)),
      {
        load: { calls: 100, perSecond: 20 },
        secondsStopped: 1,
        unanswered: 480,
        repeatedAfterTheEnd: 403,
        // The pattern of an extension takes a digit or a plus at the beginning.
        malformed: (user) => (/^[+0-9]/.test(user) ? 484 : 404),
        reasonOf: (_response, dialed) => asterisk.log().split(`to ${dialed} denied: `)[1]?.split('\n')[0] ?? '',
      },
      (opened) => testAsterisk(opened, () => asterisk),
    );
  });
} else {
  it('with Asterisk is named as not run', () => {
    expect(notRun).toEqual(['asterisk']);
  });
}

function testAsterisk(opened: () => SipWorld, asterisk: () => Asterisk): void {
  let world: SipWorld;
  beforeAll(() => {
    world = opened();
  });
  beforeEach(() => world.reset(1_000));

  it('does not follow a redirection', async () => {
    const headers: [string, string][] = [['Contact', `<sip:+19005551234@127.0.0.1:${world.carrier.port}>`]];
    world.carrier.behaviors.set(CANADA, { kind: 'refuse', status: 302, headers });
    expect(await world.dialer.call(CANADA).status()).toBe(480);
    await world.everythingIsSettled();
    expect(world.carrier.rung).toEqual([CANADA]);
    expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'failed' }]);
  });

  it('keeps settlements in its own database while the gate is dead', async () => {
    const call = world.dialer.call(CANADA);
    expect(await call.status()).toBe(200);
    await world.api.stop();
    expect(statusOf(await call.request('BYE', 2))).toBe(200);
    await eventually(async () => (await asterisk().command('database show ringfence')).includes('complete'));
    await world.restartApi();
    await world.everythingIsSettled();
    await eventually(async () => !(await asterisk().command('database show ringfence')).includes('complete'));
  });

  it('asks and settles as before when its dialplan was loaded again', async () => {
    await asterisk().command('dialplan reload');
    const call = world.dialer.call(CANADA);
    expect(await call.status()).toBe(200);
    await call.request('BYE', 2);
    await world.everythingIsSettled();
    expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'answered' }]);
  });
}
