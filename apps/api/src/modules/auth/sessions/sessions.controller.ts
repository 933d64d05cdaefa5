import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  ApiCookieAuth,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import type { SessionUserView } from '#contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BodyLimit } from '../../../platform/http/bodies/bodies.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { Context } from '../access/request-context.decorator.js';
import { Public, RequirePermission } from '../access/route-access.js';
import { SessionDto, SessionUserDto } from './dto/session.view.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { originOf, SessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('Sessions')
@Controller('auth')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  @BodyLimit('small')
  @ApiOperation({
    summary: 'Sign in',
    description:
      'Answers an access token and sets the refresh token as a cookie that scripts cannot read. Failed attempts are counted by account, by address (the /64 of an IPv6 address) and by both together; too many are answered with too_many_requests and Retry-After.',
  })
  @ApiOkResponse({ type: SessionDto })
  @ApiProblems('invalid_credentials', 'permission_denied')
  async signIn(
    @Body() body: SignInDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    return this.cookie.set(reply, await this.sessions.signIn(body.email.trim(), body.password, originOf(request)));
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @BodyLimit('small')
  @ApiCookieAuth('refreshToken')
  @ApiOperation({
    summary: 'Get a new access token',
    description:
      'Replaces the refresh token of the cookie. Requests at the same time get the same one, for ten seconds. A token that was replaced and comes back later ends the session, its access tokens included. Send X-Requested-With or a JSON body: a form of another site can do neither.',
  })
  @ApiOkResponse({ type: SessionDto })
  @ApiProblems('refresh_token_invalid', 'permission_denied')
  async refreshSession(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    refuseForeignForms(request);
    return this.cookie.set(reply, await this.sessions.refresh(this.cookie.read(request), originOf(request)));
  }

  @Post('logout')
  @HttpCode(204)
  @Public()
  @BodyLimit('small')
  @ApiCookieAuth('refreshToken')
  @ApiSecurity({})
  @ApiOperation({
    summary: 'Sign out',
    description: 'Ends the session of the cookie, its access tokens included. Send it as you send a refresh.',
  })
  @ApiNoContentResponse()
  @ApiProblems('permission_denied')
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    refuseForeignForms(request);
    await this.sessions.signOut(this.cookie.read(request), originOf(request));
    this.cookie.clear(reply);
  }

  @Get('me')
  @RequirePermission('organization:read')
  @ApiOperation({ summary: 'Who is signed in, and what they may do' })
  @ApiOkResponse({ type: SessionUserDto })
  getCurrentUser(@Context() context: RequestContext): Promise<SessionUserView> {
    return this.sessions.currentUser(context);
  }
}

/**
 * A form of another site can make a browser send the cookie (SameSite keeps it from that already), but it can send
 * neither JSON nor a header of its own without asking first.
 */
function refuseForeignForms(request: FastifyRequest): void {
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
  if (isJson || request.headers['x-requested-with'] !== undefined) return;
  throw new ProblemError('permission_denied', 'Send the header X-Requested-With, or a JSON body.');
}
