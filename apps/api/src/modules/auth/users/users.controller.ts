import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { UserView } from '#contracts';
import { sendPage } from '../../../platform/http/content-range.js';
import { parseListQuery } from '../../../platform/http/list-query.js';
import { ParseUuidPipe } from '../../../platform/http/parse-uuid.pipe.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { Context } from '../access/request-context.decorator.js';
import { RequirePermission } from '../access/route-access.js';
import { AddUserDto } from './dto/add-user.dto.js';
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
  constructor(private readonly service: UsersService) {}

  @Get()
  @RequirePermission('users:manage')
  @ApiOperation({ summary: 'List the members of the organization' })
  @ApiOkResponse({ type: [UserViewDto] })
  async list(
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
  get(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<UserView> {
    return this.service.get(context, id);
  }

  @Post()
  @RequirePermission('users:manage')
  @ApiOperation({
    summary: 'Add a member',
    description: 'Creates the user, or takes in the one who has this e-mail already; that one keeps name and password.',
  })
  @ApiCreatedResponse({ type: UserViewDto })
  add(@Context() context: RequestContext, @Body() body: AddUserDto): Promise<UserView> {
    return this.service.add(context, body);
  }

  @Put(':id')
  @RequirePermission('users:manage')
  @ApiOperation({ summary: 'Change the role or name of a member' })
  @ApiOkResponse({ type: UserViewDto })
  update(
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
  remove(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<UserView> {
    return this.service.remove(context, id);
  }
}
