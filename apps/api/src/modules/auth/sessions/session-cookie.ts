import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENV, type Env } from '../../../config/env.js';
import { REFRESH_LIFETIME_SECONDS } from './refresh-tokens.repository.js';
import type { Origin, Session } from './sessions.service.js';

const NAME = 'ringfence_refresh';
/** No other address gets to see the cookie. */
const PATH = '/api/v1/auth';

/** The cookie that keeps a session's refresh token where scripts cannot read it. */
@Injectable()
export class SessionCookie {
  private readonly secure: boolean;

  constructor(@Inject(ENV) env: Env) {
    this.secure = env.PUBLIC_URL?.startsWith('https:') ?? false;
  }

  /** The refresh token that the request brings along. */
  read(request: FastifyRequest): string | undefined {
    return request.cookies[NAME];
  }

  /** Puts the refresh token into the cookie. @returns what the body of the answer may hold */
  set(reply: FastifyReply, { refreshToken, ...session }: Session): Omit<Session, 'refreshToken'> {
    void reply.header('cache-control', 'no-store');
    void reply.setCookie(NAME, refreshToken, { ...this.options(), maxAge: REFRESH_LIFETIME_SECONDS });
    return session;
  }

  clear(reply: FastifyReply): void {
    void reply.clearCookie(NAME, this.options());
  }

  private options() {
    return { path: PATH, httpOnly: true, sameSite: 'strict', secure: this.secure } as const;
  }
}

export function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, requestId: request.id };
}
