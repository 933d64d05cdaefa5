import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ENV, type Env } from '../../../config/env.js';

/** Pinned: a token that names another algorithm (`none` above all), issuer or audience is refused. */
export const ACCESS_TOKEN_RULES = {
  algorithm: 'HS256',
  issuer: 'ringfence',
  audience: 'ringfence-api',
  lifetimeSeconds: 15 * 60,
} as const;

/** Whom an access token names. What they may do is not in the token: it is read anew for each request. */
export interface AccessClaims {
  userId: string;
  organizationId: string;
  sessionId: string;
}

/** Signs access tokens. They say who it is, in which session and for which organization, never what they may do. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    @Inject(ENV) private readonly env: Env,
  ) {}

  sign({ userId, organizationId, sessionId }: AccessClaims): string {
    const { algorithm, issuer, audience, lifetimeSeconds } = ACCESS_TOKEN_RULES;
    return this.jwt.sign(
      { org: organizationId, sid: sessionId },
      { secret: this.env.JWT_SECRET, subject: userId, algorithm, issuer, audience, expiresIn: lifetimeSeconds },
    );
  }
}
