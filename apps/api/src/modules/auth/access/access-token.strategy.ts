import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { isUUID } from 'class-validator';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { ENV, type Env } from '../../../config/env.js';
import { ACCESS_TOKEN_RULES } from './access-tokens.js';

/** Whom an access token names. What they may do is not in the token: it is read anew for each request. */
export interface AccessClaims {
  userId: string;
  organizationId: string;
}

/**
 * Checks signature, algorithm, issuer, audience and expiry of an access token. It looks nothing up, for passport keeps
 * strategies by name for the whole process and a process may hold several applications.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'access-token') {
  constructor(@Inject(ENV) env: Env) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: env.JWT_SECRET,
      algorithms: [ACCESS_TOKEN_RULES.algorithm],
      issuer: ACCESS_TOKEN_RULES.issuer,
      audience: ACCESS_TOKEN_RULES.audience,
    });
  }

  validate(payload: { sub?: unknown; org?: unknown }): AccessClaims | false {
    const { sub, org } = payload;
    return isUUID(sub) && isUUID(org) && { userId: sub as string, organizationId: org as string };
  }
}
