import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessChanges } from './access/access-changes.js';
import { AccessGuard } from './access/access.guard.js';
import { AccessTokenStrategy } from './access/access-token.strategy.js';
import { AccessTokens } from './access/access-tokens.js';
import { ApiKeyPrincipals } from './access/api-key-principals.js';
import { KnownPrincipals } from './access/known-principals.js';
import { UndeclaredRoutes } from './access/undeclared-routes.js';
import { UserPrincipals } from './access/user-principals.js';
import { ApiKeyEntity } from './api-keys/api-key.entity.js';
import { ApiKeysController } from './api-keys/api-keys.controller.js';
import { ApiKeysRepository } from './api-keys/api-keys.repository.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { AcceptInvitationController } from './invitations/accept-invitation.controller.js';
import { AcceptInvitationService } from './invitations/accept-invitation.service.js';
import { InvitationsController } from './invitations/invitations.controller.js';
import { InvitationsRepository } from './invitations/invitations.repository.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { OpenInvitationsRepository } from './invitations/open-invitations.repository.js';
import { OwnAccountController } from './own-account/own-account.controller.js';
import { OwnAccountRepository } from './own-account/own-account.repository.js';
import { OwnAccountService } from './own-account/own-account.service.js';
import { OpenSessionsRepository } from './sessions/open-sessions.repository.js';
import { RefreshTokensRepository } from './sessions/refresh-tokens.repository.js';
import { RefusedSignIns } from './sessions/refused-sign-ins.js';
import { SessionCookie } from './sessions/session-cookie.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SignInAttempts } from './sessions/sign-in-attempts.js';
import { SignInPurge } from './sessions/sign-in-purge.js';
import { MemberClients } from './users/member-clients.js';
import { UsersController } from './users/users.controller.js';
import { UsersRepository } from './users/users.repository.js';
import { UsersService } from './users/users.service.js';

/** Sign-in, API keys, members, and the guard that stands before every route. */
@Module({
  imports: [DiscoveryModule, JwtModule.register({}), PassportModule, TypeOrmModule.forFeature([ApiKeyEntity])],
  controllers: [
    SessionsController,
    OwnAccountController,
    ApiKeysController,
    UsersController,
    AcceptInvitationController,
    InvitationsController,
  ],
  providers: [
    AcceptInvitationService,
    AccessChanges,
    AccessTokenStrategy,
    AccessTokens,
    ApiKeyPrincipals,
    ApiKeysRepository,
    ApiKeysService,
    InvitationsRepository,
    InvitationsService,
    KnownPrincipals,
    MemberClients,
    OpenInvitationsRepository,
    OpenSessionsRepository,
    OwnAccountRepository,
    OwnAccountService,
    RefreshTokensRepository,
    RefusedSignIns,
    SessionCookie,
    SessionsRepository,
    SessionsService,
    SignInAttempts,
    SignInPurge,
    UndeclaredRoutes,
    UserPrincipals,
    UsersRepository,
    UsersService,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessChanges, KnownPrincipals],
})
export class AuthModule {}
