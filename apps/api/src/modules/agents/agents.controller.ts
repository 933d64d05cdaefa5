import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { AgentView } from '#contracts';
import { ParseUuidPipe } from '../../platform/http/fields/parse-uuid.pipe.js';
import { sendPage } from '../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../platform/http/lists/list-query.js';
import { ApiProblems } from '../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../auth/auth.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { AgentsService } from './agents.service.js';
import { AgentViewDto } from './dto/agent.view.js';
import { CreateAgentDto } from './dto/create-agent.dto.js';
import { UpdateAgentDto } from './dto/update-agent.dto.js';

const LIST_RULES = {
  sortable: ['name', 'createdAt', 'kind', 'status'],
  filterable: ['q', 'kind', 'status', 'clientId', 'userId'],
  defaultSort: { field: 'name', direction: 'asc' },
} as const;

@ApiTags('Agents')
@Controller('agents')
export class AgentsController {
  constructor(private readonly service: AgentsService) {}

  @Get()
  @RequirePermission('agents:read')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({ summary: 'List agents with what they called today' })
  @ApiOkResponse({ type: [AgentViewDto] })
  async listAgents(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgentView[]> {
    const listQuery = parseListQuery(query, LIST_RULES);
    return sendPage(reply, 'agents', listQuery, await this.service.list(context, listQuery));
  }

  @Get(':id')
  @RequirePermission('agents:read')
  @ApiOperation({ summary: 'Get an agent' })
  @ApiOkResponse({ type: AgentViewDto })
  getAgent(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<AgentView> {
    return this.service.get(context, id);
  }

  @Post()
  @RequirePermission('agents:write')
  @ApiOperation({ summary: 'Add an agent' })
  @ApiCreatedResponse({ type: AgentViewDto })
  @ApiProblems('conflict')
  createAgent(@Context() context: RequestContext, @Body() body: CreateAgentDto): Promise<AgentView> {
    return this.service.create(context, {
      name: body.name,
      kind: body.kind,
      status: body.status ?? 'active',
      userId: body.userId ?? null,
      externalId: body.externalId ?? null,
      clientId: body.clientId ?? null,
    });
  }

  @Put(':id')
  @RequirePermission('agents:write')
  @ApiOperation({
    summary: 'Change an agent',
    description:
      'Merges: fields that are left out stay as they are. The whole record may be sent back; figures are ignored.',
  })
  @ApiOkResponse({ type: AgentViewDto })
  @ApiProblems('conflict')
  updateAgent(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: UpdateAgentDto,
  ): Promise<AgentView> {
    return this.service.update(context, id, body);
  }

  @Delete(':id')
  @RequirePermission('agents:write')
  @ApiOperation({ summary: 'Delete an agent, end its assignments and disconnect it' })
  @ApiOkResponse({ type: AgentViewDto })
  deleteAgent(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<AgentView> {
    return this.service.remove(context, id);
  }
}
