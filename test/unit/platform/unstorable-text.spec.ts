import {
  refuseUnstorable,
  refuseUnstorableAddress,
} from '../../../apps/api/src/platform/http/bodies/unstorable-text.js';
import { ProblemError } from '../../../apps/api/src/platform/http/problems/problem.error.js';

function errorsOf(check: () => void): Record<string, string> | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof ProblemError) return error.options.errors ?? {};
    throw error;
  }
}

describe('refuseUnstorable', () => {
  it.each([
    ['a NUL', 'a\0b', 'must not contain the character NUL'],
    ['the first half of a character', 'a\ud83d', 'must not contain half of a character (a lone surrogate)'],
    ['the second half of a character', '\ude00b', 'must not contain half of a character (a lone surrogate)'],
    ['both halves in the wrong order', '\ude00\ud83d', 'must not contain half of a character (a lone surrogate)'],
  ])('names the field that holds %s, however deep', (_kind, text, message) => {
    const body = { calls: [{ destination: '+1' }, { destination: text }] };
    expect(errorsOf(() => refuseUnstorable(body, ''))).toEqual({ 'calls[1].destination': message });
  });

  it.each([
    ['a NUL', 'na\0me'],
    ['half of a character', 'na\ud800me'],
  ])('refuses %s in the name of a field', (_kind, name) => {
    expect(errorsOf(() => refuseUnstorable({ [name]: 1 }, ''))).toHaveProperty('body');
  });

  it('lets everything else pass', () => {
    const body = { name: 'Ünïcode ✓ 😀', limits: [1, null, true], nested: { a: { b: 'c' } } };
    expect(errorsOf(() => refuseUnstorable(body, ''))).toBeNull();
  });
});

describe('refuseUnstorableAddress', () => {
  it('refuses a NUL in the path and in the query', () => {
    const path = { url: '/agents/%00', params: { id: '\0' }, query: {} };
    expect(errorsOf(() => refuseUnstorableAddress(path))).toHaveProperty('id');
    const query = { url: '/agents?filter=%00', params: {}, query: { filter: '\0' } };
    expect(errorsOf(() => refuseUnstorableAddress(query))).toHaveProperty('filter');
  });
});
