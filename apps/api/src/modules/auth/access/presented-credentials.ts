import type { IncomingHttpHeaders } from 'node:http';
import { isApiKeyShaped } from '../api-keys/api-key-format.js';

export type PresentedCredentials = { kind: 'api_key'; key: string } | { kind: 'access_token' } | { kind: 'none' };

/**
 * What a request brings along. An API key comes as `Authorization: Bearer`, as `X-API-Key`, or in HTTP Basic (what SIP
 * servers can send) as the password, or as the user name with an empty password. Any other Bearer token is taken for
 * an access token.
 */
export function presentedCredentials(headers: IncomingHttpHeaders): PresentedCredentials {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const [scheme = '', value = ''] = split(authorization, ' ');
    if (/^bearer$/i.test(scheme)) {
      return isApiKeyShaped(value) ? { kind: 'api_key', key: value } : { kind: 'access_token' };
    }
    if (/^basic$/i.test(scheme)) return { kind: 'api_key', key: keyOfBasic(value) };
  }
  const header = headers['x-api-key'];
  return typeof header === 'string' ? { kind: 'api_key', key: header } : { kind: 'none' };
}

function keyOfBasic(value: string): string {
  const [user = '', password = ''] = split(Buffer.from(value, 'base64').toString('utf8'), ':');
  return password === '' ? user : password;
}

/** Splits at the first occurrence only. */
function split(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
