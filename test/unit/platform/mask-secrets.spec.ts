import { randomBytes, randomUUID } from 'node:crypto';
import { newApiKey } from '../../../apps/api/src/modules/auth/api-keys/api-key-format.js';
import { maskSecrets, maskSecretsInUrl } from '../../../apps/api/src/platform/logging/mask-secrets.js';

const { key } = newApiKey();
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

describe('maskSecretsInUrl', () => {
  it.each([
    'token',
    'access_token',
    'accessToken',
    'refreshToken',
    'key',
    'apiKey',
    'api_key',
    'api-key',
    'X-API-Key',
    'password',
    'pwd',
    'secret',
    'client_secret',
    'authorization',
    'Authorization',
    'signature',
    'filter[token]',
    '%74oken',
    'jwt',
    'auth',
  ])('hides the value of the parameter %s', (name) => {
    expect(maskSecretsInUrl(`/api/v1/agents?range=[0,1]&${name}=hunter2&sort=a`)).toBe(
      `/api/v1/agents?range=[0,1]&${name}=[hidden]&sort=a`,
    );
  });

  it.each([
    'filter',
    'range',
    'sort',
    'statusOnDeny',
    'reasonCode',
    'destination',
    'cursor',
    'mapping',
    'country',
    'keyboard',
  ])('leaves the parameter %s as it is', (name) => {
    // A reason is a code, but no secret.
    if (name === 'reasonCode') return expect(maskSecretsInUrl(`/x?${name}=allowed`)).toBe(`/x?${name}=allowed`);
    return expect(maskSecretsInUrl(`/x?${name}=hunter2`)).toBe(`/x?${name}=hunter2`);
  });

  it.each([
    ['in the path', `/api/v1/agents/${key}/x`],
    ['in a value', `/api/v1/agents?q=${key}`],
    ['in a value of JSON', `/api/v1/agents?filter=${encodeURIComponent(JSON.stringify({ q: key }))}`],
    ['with escaped characters', `/api/v1/agents?q=${key.replaceAll('_', '%5F')}`],
    ['in a name', `/api/v1/agents?${key}=1`],
    ['without a name', `/api/v1/agents?${key}`],
  ])('hides an API key %s', (_where, url) => {
    expect(maskSecretsInUrl(url)).not.toContain(key.slice(8, 30));
    expect(maskSecretsInUrl(url)).toContain('[hidden]');
  });

  it('hides a JSON Web Token wherever it stands', () => {
    for (const url of [`/x/${jwt}`, `/x?q=${jwt}`, `/x?filter=%22${jwt}%22`, `/x?q=%65yJ${jwt.slice(3)}`]) {
      expect(maskSecretsInUrl(url)).not.toContain('eyJzdWIi');
    }
  });

  it('hides a password before a host', () => {
    expect(maskSecretsInUrl('http://admin:hunter2@host/livez')).toBe('http://[hidden]@host/livez');
  });

  it('takes an address that cannot be decoded', () => {
    expect(maskSecretsInUrl('/x?%zz=%c3%28&token=%zz')).toBe('/x?%zz=%c3%28&token=[hidden]');
  });
});

describe('maskSecrets', () => {
  it('hides the token of an invitation, and leaves ids and hashes of files', () => {
    const token = randomBytes(32).toString('base64url');
    const others = `${randomUUID()} ${randomBytes(32).toString('hex')}`;
    expect(maskSecrets(`GET /invitation/${token} ${others}`)).toBe(`GET /invitation/[hidden] ${others}`);
  });

  it('hides the hash of a password', () => {
    const hash = '$argon2id$v=19$m=19456,t=2,p=1$2gMfsmC1bHzPbVpD3kRcDw$Y4yJ0L9fYpXnGk1dXo2m8t0bJq1Qh4mK2l7u9v0w1xY';
    expect(maskSecrets(`the row (7,${hash},"Mia") is refused`)).toBe('the row (7,[hidden],"Mia") is refused');
  });

  it('leaves what is no credential', () => {
    for (const text of [
      'postgres://localhost:5432/ringfence',
      'rf_ is the prefix',
      'a@b.test',
      'eyJ',
      'https://host/a@b',
    ]) {
      expect(maskSecrets(text)).toBe(text);
    }
  });

  it('hides what a message carries', () => {
    expect(maskSecrets(`refused ${key}, at postgres://app:hunter2@db:5432/x with ${jwt}.`)).not.toMatch(
      /hunter2|eyJ|live_/,
    );
  });
});
