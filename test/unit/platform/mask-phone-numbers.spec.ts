import { maskPhoneNumbers } from '../../../apps/api/src/platform/logging/mask-phone-numbers.js';

describe('maskPhoneNumbers', () => {
  it.each([
    ['/api/v1/phone-numbers/check/+12025550123', '/api/v1/phone-numbers/check/+1202•••••23'],
    ['/api/v1/phone-numbers/check/%2B12025550123', '/api/v1/phone-numbers/check/%2B1202•••••23'],
    ['/api/v1/phone-numbers/check/12025550123', '/api/v1/phone-numbers/check/1202•••••23'],
    ['?filter={"q":"+4930901820"}', '?filter={"q":"+4930••••20"}'],
    ['%22%2B442079460958%22', '%22%2B4420••••••58%22'],
    ['from +12025550123 to +14165550199', 'from +1202•••••23 to +1416•••••99'],
  ])('hides the subscriber in %s', (text, masked) => {
    expect(maskPhoneNumbers(text)).toBe(masked);
  });

  it.each([
    '/api/v1/agents/0192f3a4-7c1e-7b52-9c1d-123456789012',
    '?range=[0,24]',
    '?from=2026-11-20&to=2026-11-21',
    'request 5f0c2a9d1e44-1z',
  ])('leaves %s as it is', (text) => {
    expect(maskPhoneNumbers(text)).toBe(text);
  });
});
