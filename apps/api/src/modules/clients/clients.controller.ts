import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { ClientView } from '#contracts';
import { ParseUuidPipe } from '../../platform/http/fields/parse-uuid.pipe.js';
import { sendPage } from '../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../platform/http/lists/list-query.js';
import { ApiProblems } from '../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../auth/auth.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { ClientsService } from './clients.service.js';
import { ClientViewDto, CreateClientDto, UpdateClientDto } from './dto/client.dto.js';

const LIST_RULES = {
  sortable: ['name', 'createdAt'],
  filterable: ['q'],
  defaultSort: { field: 'name', direction: 'asc' },
} as const;

@ApiTags('Clients')
@Controller('clients')
export class ClientsController {
  constructor(private readonly service: ClientsService) {}

  @Get()
  @RequirePermission('numbers:read')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({ summary: 'List clients' })
  @ApiOkResponse({ type: [ClientViewDto] })
  async listClients(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClientView[]> {
    const listQuery = parseListQuery(query, LIST_RULES);
    return sendPage(reply, 'clients', listQuery, await this.service.list(context, listQuery));
  }

  @Get(':id')
  @RequirePermission('numbers:read')
  @ApiOperation({ summary: 'Get a client' })
  @ApiOkResponse({ type: ClientViewDto })
  getClient(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<ClientView> {
    return this.service.get(context, id);
  }

  @Post()
  @RequirePermission('organization:write')
  @ApiOperation({ summary: 'Add a client' })
  @ApiCreatedResponse({ type: ClientViewDto })
  @ApiProblems('conflict')
  createClient(@Context() context: RequestContext, @Body() body: CreateClientDto): Promise<ClientView> {
    return this.service.create(context, body.name);
  }

  @Put(':id')
  @RequirePermission('organization:write')
  @ApiOperation({ summary: 'Rename a client' })
  @ApiOkResponse({ type: ClientViewDto })
  @ApiProblems('conflict')
  updateClient(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: UpdateClientDto,
  ): Promise<ClientView> {
    return this.service.update(context, id, body);
  }

  @Delete(':id')
  @RequirePermission('organization:write')
  @ApiOperation({
    summary: 'Delete a client',
    description: 'Archives its own numbers, returns those of the pool, and ends their assignments and connections.',
  })
  @ApiOkResponse({ type: ClientViewDto })
  deleteClient(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<ClientView> {
    return this.service.remove(context, id);
  }
}
