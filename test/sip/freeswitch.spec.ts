import { startFreeswitch } from './support/freeswitch.js';
import { findServer, hasInstalled, notRun } from './support/installed.js';
import { reasonOf } from './support/proxy-tests.js';
import { CANADA, testServer } from './support/server-tests.js';
import type { SipWorld } from './support/sip-world.js';

const program = hasInstalled('sipp') ? findServer('freeswitch', 'FREESWITCH_PATH', '-version') : null;
if (program) {
  describe('FreeSWITCH with deploy/sip/freeswitch', () => {
    testServer(
      (site) => startFreeswitch(program, site),
      {
        load: { calls: 100, perSecond: 20 },
        secondsStopped: 1,
        unanswered: 480,
        repeatedAfterTheEnd: 482,
        malformed: () => 404,
        reasonOf,
      },
      testFreeswitch,
    );
  });
} else {
  it('with FreeSWITCH is named as not run', () => {
    expect(notRun).toEqual(['freeswitch']);
  });
}

function testFreeswitch(opened: () => SipWorld): void {
  it('does not follow a redirection', async () => {
    const world = opened();
    await world.reset(1_000);
    const headers: [string, string][] = [['Contact', `<sip:+19005551234@127.0.0.1:${world.carrier.port}>`]];
    world.carrier.behaviors.set(CANADA, { kind: 'refuse', status: 302, headers });
    expect(await world.dialer.call(CANADA).status()).toBe(480);
    await world.everythingIsSettled();
    expect(world.carrier.rung).toEqual([CANADA]);
    expect(await world.ledger()).toMatchObject([{ status: 'completed', disposition: 'failed' }]);
  });
}
