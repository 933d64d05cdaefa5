import { presentedCredentials } from '../../../apps/api/src/modules/auth/access/presented-credentials.js';

const KEY = 'rf_live_something';
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('what a request brings along', () => {
  it.each([
    ['a Bearer key', { authorization: `Bearer ${KEY}` }],
    ['a Bearer key, the scheme in small letters', { authorization: `bearer ${KEY}` }],
    ['a header of its own', { 'x-api-key': KEY }],
    ['the password of HTTP Basic', { authorization: basic(`api:${KEY}`) }],
    ['the password of HTTP Basic without a user', { authorization: basic(`:${KEY}`) }],
    ['the user of HTTP Basic with an empty password', { authorization: basic(`${KEY}:`) }],
    ['the user of HTTP Basic without a password', { authorization: basic(KEY) }],
  ])('is an API key as %s', (_how, headers) => {
    expect(presentedCredentials(headers)).toEqual({ kind: 'api_key', key: KEY });
  });

  it('keeps colons in a password', () => {
    expect(presentedCredentials({ authorization: basic('api:a:b') })).toEqual({ kind: 'api_key', key: 'a:b' });
  });

  it('takes any other Bearer token for an access token', () => {
    expect(presentedCredentials({ authorization: 'Bearer eyJhbGciOi' })).toEqual({ kind: 'access_token' });
  });

  it('is nothing without credentials, or with those of an unknown scheme', () => {
    expect(presentedCredentials({})).toEqual({ kind: 'none' });
    expect(presentedCredentials({ authorization: 'Digest username="x"' })).toEqual({ kind: 'none' });
  });
});
