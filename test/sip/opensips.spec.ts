import { findServer, hasInstalled, notRun } from './support/installed.js';
import { startOpensips } from './support/opensips.js';
import { reasonOf, testProxy } from './support/proxy-tests.js';
import { testServer } from './support/server-tests.js';

const program = hasInstalled('sipp') ? findServer('opensips', 'OPENSIPS_PATH', '-V') : null;
if (program) {
  describe('OpenSIPS with deploy/sip/opensips/opensips.cfg', () => {
    testServer(
      (site) =>
        startOpensips(program, site, (text) =>
          text
            .replace('"fr_timeout", 5', '"fr_timeout", 2')
            .replace('"fr_inv_timeout", 60', '"fr_inv_timeout", 3')
            .replace('$Ts - 32', '$Ts - 4'),
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
} else {
  it('with OpenSIPS is named as not run', () => {
    expect(notRun).toEqual(['opensips']);
  });
}
