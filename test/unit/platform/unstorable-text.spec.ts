import { ProblemError } from '../../../apps/api/src/platform/http/problem.error.js';
import { refuseUnstorableText } from '../../../apps/api/src/platform/http/unstorable-text.js';

type Parts = Partial<Parameters<typeof refuseUnstorableText>[0]>;

function refusalOf(parts: Parts): ProblemError | null {
  try {
    refuseUnstorableText({ url: '/', params: {}, query: {}, body: null, ...parts });
    return null;
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
}

describe('refuseUnstorableText', () => {
  it('names the field of the body that holds a NUL, however deep', () => {
    const body = { calls: [{ destination: '+1' }, { destination: 'a\0b' }] };
    expect(refusalOf({ body })?.options.errors).toEqual({
      'calls.1.destination': 'must not contain the character NUL',
    });
  });

  it('refuses a NUL in the name of a field', () => {
    expect(refusalOf({ body: { 'na\0me': 1 } })?.options.errors).toHaveProperty('body');
  });

  it('refuses a NUL in the path and in the query', () => {
    expect(refusalOf({ url: '/agents/%00', params: { id: '\0' } })?.options.errors).toHaveProperty('id');
    expect(refusalOf({ url: '/agents?filter=%00', query: { filter: '\0' } })?.options.errors).toHaveProperty('filter');
  });

  it('refuses a body too deep to be walked', () => {
    const body = JSON.parse(`{"metadata":${'['.repeat(200_000)}${']'.repeat(200_000)}}`) as unknown;
    expect(refusalOf({ body })?.options.errors).toEqual({ metadata: 'must not be nested deeper than 32 levels' });
  });

  it('lets everything else pass', () => {
    expect(refusalOf({ body: { name: 'Ünïcode ✓', limits: [1, null, true], nested: { a: { b: 'c' } } } })).toBeNull();
    expect(refusalOf({ body: Buffer.from('a\0b') })).toBeNull();
  });
});
