import { Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { InvitationView, NewInvitationView } from '#contracts';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { sendPage } from '../../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../../platform/http/lists/list-query.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { Context } from '../access/request-context.decorator.js';
import { RequirePermission } from '../access/route-access.js';
import { InvitationDto, NewInvitationDto } from './dto/invitation.view.js';
import { InvitationsService } from './invitations.service.js';

const LIST_RULES = {
  sortable: ['email', 'role', 'expiresAt', 'createdAt'],
  filterable: ['q', 'status'],
  defaultSort: { field: 'createdAt', direction: 'desc' },
} as const;

@ApiTags('Invitations')
@Controller('invitations')
export class InvitationsController {
  constructor(private readonly service: InvitationsService) {}

  @Get()
  @RequirePermission('users:manage')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({ summary: 'List the invitations of the organization', description: 'Made by `POST /users`.' })
  @ApiOkResponse({ type: [InvitationDto] })
  async listInvitations(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvitationView[]> {
    const listQuery = parseListQuery(query, LIST_RULES);
    return sendPage(reply, 'invitations', listQuery, await this.service.list(context, listQuery));
  }

  @Get(':id')
  @RequirePermission('users:manage')
  @ApiOperation({ summary: 'Get an invitation' })
  @ApiOkResponse({ type: InvitationDto })
  getInvitation(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<InvitationView> {
    return this.service.get(context, id);
  }

  @Post(':id/resend')
  @HttpCode(200)
  @RequirePermission('users:manage')
  @ApiOperation({
    summary: 'Make a new link',
    description: 'It can be used for seven days from now; the old one opens nothing any more.',
  })
  @ApiOkResponse({ type: NewInvitationDto })
  @ApiProblems('conflict')
  resendInvitation(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<NewInvitationView> {
    return this.service.resend(context, id);
  }

  @Delete(':id')
  @RequirePermission('users:manage')
  @ApiOperation({ summary: 'Revoke an invitation', description: 'Its link opens nothing any more.' })
  @ApiOkResponse({ type: InvitationDto })
  @ApiProblems('conflict')
  revokeInvitation(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<InvitationView> {
    return this.service.revoke(context, id);
  }
}
