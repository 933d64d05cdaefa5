import { clientNetwork, networkTest } from '../../../apps/api/src/platform/http/connections/client-network.js';

describe('clientNetwork', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1::', '2001:db8:1:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });
});

describe('networkTest', () => {
  const isKnown = networkTest(['10.0.0.0/8', ' 192.0.2.1', '2001:db8::/32', '::1']);

  it.each(['10.1.2.3', '192.0.2.1', '::ffff:10.1.2.3', '2001:db8:5::1', '::1'])('knows %s', (address) => {
    expect(isKnown(address)).toBe(true);
  });

  it.each(['11.0.0.1', '192.0.2.2', '::ffff:11.0.0.1', '2001:db9::1'])('does not know %s', (address) => {
    expect(isKnown(address)).toBe(false);
  });
});
