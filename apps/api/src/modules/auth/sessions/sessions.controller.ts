import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SessionUserView } from '#contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENV, type Env } from '../../../config/env.js';
import { BodyLimit } from '../../../platform/http/bodies.js';
import { ProblemError } from '../../../platform/http/problem.error.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { Context } from '../access/request-context.decorator.js';
import { Public, RequirePermission } from '../access/route-access.js';
import { SessionDto, SessionUserDto } from './dto/session.view.js';
import { SignInDto } from './dto/sign-in.dto.js';
import { REFRESH_LIFETIME_SECONDS } from './refresh-tokens.repository.js';
import { SessionsService, type Origin, type Session } from './sessions.service.js';

const REFRESH_COOKIE = 'ringfence_refresh';
/** No other address gets to see the cookie. */
const REFRESH_COOKIE_PATH = '/api/v1/auth';

@ApiTags('Sessions')
@Controller('auth')
export class SessionsController {
  private readonly secure: boolean;

  constructor(
    private readonly sessions: SessionsService,
    @Inject(ENV) env: Env,
  ) {
    this.secure = env.PUBLIC_URL?.startsWith('https:') ?? false;
  }

  @Post('login')
  @HttpCode(200)
  @Public()
  @BodyLimit('small')
  @ApiOperation({
    summary: 'Sign in',
    description: 'Answers an access token and sets the refresh token as a cookie that scripts cannot read.',
  })
  @ApiOkResponse({ type: SessionDto })
  async signIn(
    @Body() body: SignInDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    return this.answer(reply, await this.sessions.signIn(body.email.trim(), body.password, originOf(request)));
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @BodyLimit('small')
  @ApiOperation({
    summary: 'Get a new access token',
    description:
      'Replaces the refresh token of the cookie. Send X-Requested-With or a JSON body: a form of another site can do neither.',
  })
  @ApiOkResponse({ type: SessionDto })
  async refresh(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SessionDto> {
    refuseForeignForms(request);
    return this.answer(reply, await this.sessions.refresh(request.cookies[REFRESH_COOKIE], originOf(request)));
  }

  @Post('logout')
  @HttpCode(204)
  @Public()
  @BodyLimit('small')
  @ApiOperation({ summary: 'Sign out', description: 'Ends the session of the cookie. Send it as you send a refresh.' })
  @ApiNoContentResponse()
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    refuseForeignForms(request);
    await this.sessions.signOut(request.cookies[REFRESH_COOKIE], originOf(request));
    void reply.clearCookie(REFRESH_COOKIE, this.cookieOptions());
  }

  @Get('me')
  @RequirePermission('organization:read')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Who is signed in, and what they may do' })
  @ApiOkResponse({ type: SessionUserDto })
  me(@Context() context: RequestContext): Promise<SessionUserView> {
    return this.sessions.currentUser(context);
  }

  private answer(reply: FastifyReply, { refreshToken, ...session }: Session): SessionDto {
    void reply.header('cache-control', 'no-store');
    void reply.setCookie(REFRESH_COOKIE, refreshToken, { ...this.cookieOptions(), maxAge: REFRESH_LIFETIME_SECONDS });
    return session;
  }

  private cookieOptions() {
    return { path: REFRESH_COOKIE_PATH, httpOnly: true, sameSite: 'strict', secure: this.secure } as const;
  }
}

function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, requestId: request.id };
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
