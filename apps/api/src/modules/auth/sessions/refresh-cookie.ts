import type { CookieSerializeOptions } from '@fastify/cookie';

export interface RefreshCookie {
  name: string;
  options: CookieSerializeOptions;
}

/**
 * The cookie of the refresh token. Over https its name begins with `__Host-` (RFC 6265bis, 4.1.3): browsers take such a cookie
 * only from this host itself, so that no other host of the domain can plant one. The prefix asks for the path `/`. Without
 * https browsers refuse the prefix, and a path keeps the cookie from all other addresses.
 */
export function refreshCookie(https: boolean): RefreshCookie {
  const options = { httpOnly: true, sameSite: 'strict' } as const;
  return https
    ? { name: '__Host-ringfence_refresh', options: { ...options, path: '/', secure: true } }
    : { name: 'ringfence_refresh', options: { ...options, path: '/api/v1/auth', secure: false } };
}
