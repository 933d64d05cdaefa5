import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { AccessGuard } from './access/access.guard.js';
import { AccessTokenStrategy } from './access/access-token.strategy.js';
import { AccessTokens } from './access/access-tokens.js';
import { ApiKeyCallers } from './access/api-key-callers.js';
import { UndeclaredRoutes } from './access/undeclared-routes.js';
import { UserPrincipals } from './access/user-principals.js';

/** Sign-in, API keys, members, and the guard that stands before every route. */
@Module({
  imports: [DiscoveryModule, JwtModule.register({}), PassportModule],
  providers: [
    AccessTokenStrategy,
    AccessTokens,
    ApiKeyCallers,
    UndeclaredRoutes,
    UserPrincipals,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
})
export class AuthModule {}
