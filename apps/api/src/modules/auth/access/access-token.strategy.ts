import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { isUUID } from 'class-validator';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { ENV, type Env } from '../../../config/env.js';
import { ACCESS_TOKEN_RULES, type AccessClaims } from './access-tokens.js';

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

  validate(payload: { sub?: unknown; org?: unknown; sid?: unknown }): AccessClaims | false {
    const [userId, organizationId, sessionId] = [payload.sub, payload.org, payload.sid].map(uuidOf);
    return userId && organizationId && sessionId ? { userId, organizationId, sessionId } : false;
  }
}

function uuidOf(claim: unknown): string | null {
  return isUUID(claim) ? (claim as string) : null;
}
