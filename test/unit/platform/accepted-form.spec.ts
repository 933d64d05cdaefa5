import { prefersText } from '../../../apps/api/src/platform/http/problems/accepted-form.js';

describe('a client gets JSON', () => {
  it.each([
    ['without the header', undefined],
    ['for an empty one', ''],
    ['when it takes anything', '*/*'],
    ['when it names JSON', 'application/json'],
    ['when it names the form of problems', 'application/problem+json'],
    ['when it names both', 'application/json, text/plain'],
    ['when it names both, text first', 'text/plain, application/json'],
    ['when it wants JSON more', 'text/plain;q=0.5, application/json;q=0.6'],
    ['when it wants problems more', 'text/plain;q=0.5, application/problem+json'],
    ['when it wants no text', 'text/plain;q=0, */*'],
    ['when a wildcard takes text and JSON alike', 'text/*, application/*'],
    ['when it names another text', 'text/html, */*'],
    ['when it wants neither', 'image/png'],
    ['when text has a weight that is no number', 'text/plain;q=x'],
    ['when text has a weight beyond 1', 'text/plain;q=2'],
    ['when text has a negative weight', 'text/plain;q=-1'],
    ['as a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'],
    ['for a header that would take long to weigh', `text/plain${',text/plain'.repeat(100)}`],
  ])('%s', (_when, accept) => {
    expect(prefersText(accept)).toBe(false);
  });
});

describe('a client gets text', () => {
  it.each([
    ['when it names text alone', 'text/plain'],
    ['with a parameter', 'text/plain; charset=utf-8'],
    ['in any case', 'Text/Plain'],
    ['in any case, of the weight too', 'TEXT/PLAIN;Q=0.9, application/json;Q=0.8'],
    ['with spaces', '  text/plain ; q = 0.9 , application/json ; q = 0.8 '],
    ['when it wants text more', 'application/json;q=0.8, text/plain'],
    ['beside a wildcard of the same weight, as libcurl sends it', 'text/plain, */*'],
    ['beside a wildcard that comes first', '*/*, text/plain'],
    ['when it takes any text and no JSON', 'text/*'],
    ['when it refuses JSON', '*/*, application/json;q=0'],
    ['by the best of two weights', 'text/plain;q=0.1, text/plain;q=0.9, application/json;q=0.5'],
    ['when the range of JSON is weaker', 'application/*;q=0.5, text/plain;q=0.6'],
    ['at the longest header that is weighed', `text/plain,${'x'.repeat(989)}`],
  ])('%s', (_when, accept) => {
    expect(prefersText(accept)).toBe(true);
  });
});

describe('the more specific range decides', () => {
  it.each([
    ['text/*;q=0.1, text/plain;q=0.9, application/json;q=0.5', true],
    ['text/*;q=0.9, text/plain;q=0.1, application/json;q=0.5', false],
    ['*/*;q=0.1, application/*;q=0.9, text/plain;q=0.5', false],
    ['*/*;q=0.9, application/*;q=0.1, text/plain;q=0.5', true],
  ])('%s', (accept, text) => {
    expect(prefersText(accept)).toBe(text);
  });
});
