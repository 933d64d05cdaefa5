import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { NewInvitationView, UserView } from '#contracts';
import { sendPage } from '../../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../../platform/http/lists/list-query.js';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { Context } from '../access/request-context.decorator.js';
import { RequirePermission } from '../access/route-access.js';
import { InviteDto } from '../invitations/dto/invite.dto.js';
import { NewInvitationDto } from '../invitations/dto/invitation.view.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { UpdateUserDto } from './dto/update-user.dto.js';
import { UserViewDto } from './dto/user.view.js';
import { UsersService } from './users.service.js';

const LIST_RULES = {
  sortable: ['name', 'email', 'role', 'createdAt'],
  filterable: ['q', 'role'],
  defaultSort: { field: 'name', direction: 'asc' },
} as const;

@ApiTags('Users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly service: UsersService,
    private readonly invitations: InvitationsService,
  ) {}

  @Get()
  @RequirePermission('users:manage')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({ summary: 'List the members of the organization' })
  @ApiOkResponse({ type: [UserViewDto] })
  async listUsers(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserView[]> {
    const listQuery = parseListQuery(query, LIST_RULES);
    return sendPage(reply, 'users', listQuery, await this.service.list(context, listQuery));
  }

  @Get(':id')
  @RequirePermission('users:manage')
  @ApiOperation({ summary: 'Get a member' })
  @ApiOkResponse({ type: UserViewDto })
  getUser(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<UserView> {
    return this.service.get(context, id);
  }

  @Post()
  @RequirePermission('users:manage')
  @ApiOperation({
    summary: 'Invite somebody to become a member',
    description:
      'Answers the link that accepts it: this once, for only a hash of its token is kept. Whether anybody has that e-mail ' +
      'elsewhere makes no difference. It can be used for seven days; see the invitations.',
  })
  @ApiCreatedResponse({ type: NewInvitationDto })
  @ApiProblems('conflict')
  inviteUser(@Context() context: RequestContext, @Body() body: InviteDto): Promise<NewInvitationView> {
    return this.invitations.invite(context, body);
  }

  @Put(':id')
  @RequirePermission('users:manage')
  @ApiOperation({ summary: 'Change the role or the clients of a member' })
  @ApiOkResponse({ type: UserViewDto })
  @ApiProblems('conflict')
  updateUser(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: UpdateUserDto,
  ): Promise<UserView> {
    return this.service.update(context, id, body);
  }

  @Delete(':id')
  @RequirePermission('users:manage')
  @ApiOperation({ summary: 'Remove a member', description: 'Their sessions in this organization end at once.' })
  @ApiOkResponse({ type: UserViewDto })
  @ApiProblems('conflict')
  deleteUser(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<UserView> {
    return this.service.remove(context, id);
  }
}
