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

/** Signs access tokens. They say who it is and for which organization, never what they may do. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    @Inject(ENV) private readonly env: Env,
  ) {}

  sign(userId: string, organizationId: string): string {
    const { algorithm, issuer, audience, lifetimeSeconds } = ACCESS_TOKEN_RULES;
    return this.jwt.sign(
      { org: organizationId },
      { secret: this.env.JWT_SECRET, subject: userId, algorithm, issuer, audience, expiresIn: lifetimeSeconds },
    );
  }
}
