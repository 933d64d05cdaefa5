import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { InvitationPreviewView } from '#contracts';
import { BodyLimit } from '../../../platform/http/bodies/bodies.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { OptionalContext } from '../access/request-context.decorator.js';
import { Public, PublicOrSignedIn } from '../access/route-access.js';
import { SessionDto } from '../sessions/dto/session.view.js';
import { originOf, SessionCookie } from '../sessions/session-cookie.js';
import { AcceptInvitationService } from './accept-invitation.service.js';
import { AcceptInvitationDto, InvitationTokenDto } from './dto/accept-invitation.dto.js';
import { InvitationPreviewDto } from './dto/invitation.view.js';

@ApiTags('Invitations')
@Controller('invitations')
export class AcceptInvitationController {
  constructor(
    private readonly service: AcceptInvitationService,
    private readonly cookie: SessionCookie,
  ) {}

  @Post('preview')
  @BodyLimit('small')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    summary: 'See what a link is for',
    description: 'The token goes in the body, so that no log and no history keeps it.',
  })
  @ApiOkResponse({ type: InvitationPreviewDto })
  @ApiProblems('invitation_invalid')
  previewInvitation(@Body() body: InvitationTokenDto): Promise<InvitationPreviewView> {
    return this.service.preview(body.token);
  }

  @Post('accept')
  @BodyLimit('small')
  @HttpCode(200)
  @PublicOrSignedIn()
  @ApiBearerAuth()
  @ApiSecurity({})
  @ApiOperation({
    summary: 'Accept an invitation',
    description:
      'Makes you a member and signs you in to the organization. Without an account send a name and a password of your own; ' +
      'with one its password, or, signed in with exactly that e-mail, the access token and nothing else. A link can be used once.',
  })
  @ApiOkResponse({ type: SessionDto })
  @ApiProblems('invitation_invalid', 'authentication_required', 'invalid_credentials', 'permission_denied', 'conflict')
  async acceptInvitation(
    @Body() body: AcceptInvitationDto,
    @OptionalContext() context: RequestContext | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionDto> {
    const signedIn = context?.principal.kind === 'user' ? context.principal : null;
    return this.cookie.set(reply, await this.service.accept(body, signedIn, originOf(request)));
  }
}
