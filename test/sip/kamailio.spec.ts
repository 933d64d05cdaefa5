import { hasInstalled } from './support/installed.js';
import { startKamailio } from './support/kamailio.js';
import { reasonOf, testProxy } from './support/proxy-tests.js';
import { testServer } from './support/server-tests.js';

const describeWithServers = hasInstalled('kamailio', 'sipp') ? describe : describe.skip;

describeWithServers('Kamailio with deploy/sip/kamailio/kamailio.cfg', () => {
  testServer(
    (site) =>
      startKamailio(site, (text) =>
        text
          .replace('"fr_timer", 5000', '"fr_timer", 1000')
          .replace('"fr_inv_timer", 60000', '"fr_inv_timer", 2000')
          .replace('autoexpire=32', 'autoexpire=4'),
      ),
    {
      load: { calls: 200, perSecond: 50 },
      secondsStopped: 5,
      unanswered: 408,
      repeatedAfterTheEnd: 482,
      malformed: () => 484,
      reasonOf,
    },
    testProxy,
  );
});
