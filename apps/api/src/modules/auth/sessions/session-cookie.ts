import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENV, type Env } from '../../../config/env.js';
import { SESSION_LIFETIME_SECONDS } from './open-sessions.repository.js';
import type { Origin, Session } from './sessions.service.js';

const GUARDED = { httpOnly: true, sameSite: 'strict' } as const;
/** The prefix (RFC 6265bis, 4.1.3.2) asks for `Secure` and the path `/`. */
const OVER_HTTPS = { name: '__Host-ringfence_refresh', options: { ...GUARDED, path: '/', secure: true } };
/** Without https browsers refuse the prefix. A path then keeps the cookie from all other addresses. */
const OVER_HTTP = { name: 'ringfence_refresh', options: { ...GUARDED, path: '/api/v1/auth', secure: false } };

/**
 * The cookie that keeps a session's refresh token where scripts cannot read it. Over https browsers take it only from this
 * host itself, so that no other host of the domain can plant one.
 */
@Injectable()
export class SessionCookie {
  private readonly cookie: typeof OVER_HTTPS;

  constructor(@Inject(ENV) env: Env) {
    this.cookie = env.PUBLIC_URL?.startsWith('https:') ? OVER_HTTPS : OVER_HTTP;
  }

  /** The refresh token that the request brings along. */
  read(request: FastifyRequest): string | undefined {
    return request.cookies[this.cookie.name];
  }

  /** Puts the refresh token into the cookie. @returns what the body of the answer may hold */
  set(reply: FastifyReply, { refreshToken, ...session }: Session): Omit<Session, 'refreshToken'> {
    const { name, options } = this.cookie;
    void reply.header('cache-control', 'no-store');
    void reply.setCookie(name, refreshToken, { ...options, maxAge: SESSION_LIFETIME_SECONDS });
    return session;
  }

  clear(reply: FastifyReply): void {
    void reply.clearCookie(this.cookie.name, this.cookie.options);
  }
}

export function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, requestId: request.id };
}
