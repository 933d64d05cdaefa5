import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { OrganizationView } from '#contracts';
import { ParseUuidPipe } from '../../platform/http/fields/parse-uuid.pipe.js';
import { sendPage } from '../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../platform/http/lists/list-query.js';
import { ApiProblems } from '../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../auth/auth.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { CreateOrganizationDto } from './dto/create-organization.dto.js';
import { OrganizationViewDto } from './dto/organization.view.js';
import { UpdateOrganizationDto } from './dto/update-organization.dto.js';
import { OrganizationsService } from './organizations.service.js';

const LIST_RULES = {
  sortable: ['name', 'slug', 'createdAt'],
  filterable: ['q'],
  defaultSort: { field: 'name', direction: 'asc' },
} as const;

@ApiTags('Organizations')
@Controller('organizations')
export class OrganizationsController {
  constructor(private readonly service: OrganizationsService) {}

  @Get('current')
  @RequirePermission('organization:read')
  @ApiOperation({ summary: 'Get the organization that you work in' })
  @ApiOkResponse({ type: OrganizationViewDto })
  getCurrentOrganization(@Context() context: RequestContext): Promise<OrganizationView> {
    return this.service.current(context);
  }

  @Put('current')
  @RequirePermission('organization:write')
  @ApiOperation({
    summary: 'Change the settings of the organization that you work in',
    description: 'Merges. A new time zone counts from the next midnight of the old one on.',
  })
  @ApiOkResponse({ type: OrganizationViewDto })
  @ApiProblems('agent_has_number', 'conflict')
  updateCurrentOrganization(
    @Context() context: RequestContext,
    @Body() body: UpdateOrganizationDto,
  ): Promise<OrganizationView> {
    return this.service.updateCurrent(context, body);
  }

  @Get()
  @RequirePermission('platform:manage')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({ summary: 'List every organization' })
  @ApiOkResponse({ type: [OrganizationViewDto] })
  async listOrganizations(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrganizationView[]> {
    const listQuery = parseListQuery(query, LIST_RULES);
    return sendPage(reply, 'organizations', listQuery, await this.service.list(context, listQuery));
  }

  @Get(':id')
  @RequirePermission('platform:manage')
  @ApiOperation({ summary: 'Get any organization' })
  @ApiOkResponse({ type: OrganizationViewDto })
  getOrganization(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<OrganizationView> {
    return this.service.get(context, id);
  }

  @Post()
  @RequirePermission('platform:manage')
  @ApiOperation({
    summary: 'Create an organization',
    description: 'Then add its first owner: POST /users with the header X-Organization-Id.',
  })
  @ApiCreatedResponse({ type: OrganizationViewDto })
  @ApiProblems('conflict')
  createOrganization(
    @Context() context: RequestContext,
    @Body() body: CreateOrganizationDto,
  ): Promise<OrganizationView> {
    return this.service.create(context, { ...body, timeZone: body.timeZone ?? 'UTC' });
  }

  @Put(':id')
  @RequirePermission('platform:manage')
  @ApiOperation({ summary: 'Change or suspend any organization' })
  @ApiOkResponse({ type: OrganizationViewDto })
  @ApiProblems('conflict', 'agent_has_number')
  updateOrganization(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: UpdateOrganizationDto,
  ): Promise<OrganizationView> {
    return this.service.update(context, id, body);
  }

  @Delete(':id')
  @RequirePermission('platform:manage')
  @ApiOperation({
    summary: 'Delete an organization',
    description: 'Archives its own numbers, returns those of the pool, revokes its keys and ends its sessions.',
  })
  @ApiOkResponse({ type: OrganizationViewDto })
  @ApiProblems('conflict')
  deleteOrganization(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<OrganizationView> {
    return this.service.remove(context, id);
  }
}
