import { requestIdOf } from '../../../apps/api/src/platform/http/hooks/request-id.js';

describe('requestIdOf', () => {
  it('keeps a well-formed id of the caller', () => {
    expect(requestIdOf({ headers: { 'x-request-id': 'dialer-7.call_42' } })).toBe('dialer-7.call_42');
  });

  it.each([
    ['too long', 'x'.repeat(65)],
    ['with a space', 'a b'],
    ['with a line break', 'a\nb'],
    ['empty', ''],
  ])('makes its own in place of one that is %s', (_kind, given) => {
    expect(requestIdOf({ headers: { 'x-request-id': given } })).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
  });

  it('never makes the same id twice', () => {
    const ids = Array.from({ length: 1_000 }, () => requestIdOf({ headers: {} }));
    expect(new Set(ids).size).toBe(1_000);
  });
});
