import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { AgentAssignmentView } from '#contracts';
import { sendPage } from '../../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../../platform/http/lists/list-query.js';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { AgentAssignmentsService } from './agent-assignments.service.js';
import { ASSIGNMENT_LIST_RULES } from '../lists/assignment-list-rules.js';
import { AssignNumberService } from './assign-number.service.js';
import { AgentAssignmentViewDto } from './dto/agent-assignment.view.js';
import { CreateAgentAssignmentDto } from './dto/assign-number.dto.js';
import { UpdateAgentAssignmentDto } from './dto/update-agent-assignment.dto.js';

@ApiTags('Agent assignments')
@Controller('agent-assignments')
export class AgentAssignmentsController {
  constructor(
    private readonly service: AgentAssignmentsService,
    private readonly numbers: AssignNumberService,
  ) {}

  @Get()
  @RequirePermission('assignments:read')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({ summary: 'List live assignments with what is left of today' })
  @ApiOkResponse({ type: [AgentAssignmentViewDto] })
  async listAgentAssignments(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgentAssignmentView[]> {
    const listQuery = parseListQuery(query, ASSIGNMENT_LIST_RULES);
    return sendPage(reply, 'agent-assignments', listQuery, await this.service.list(context, listQuery));
  }

  @Get(':id')
  @RequirePermission('assignments:read')
  @ApiOperation({ summary: 'Get an assignment' })
  @ApiOkResponse({ type: AgentAssignmentViewDto })
  getAgentAssignment(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<AgentAssignmentView> {
    return this.service.get(context, id);
  }

  @Post()
  @RequirePermission('assignments:write')
  @ApiOperation({ summary: 'Let an agent call from a number' })
  @ApiCreatedResponse({ type: AgentAssignmentViewDto })
  @ApiProblems(
    'record_not_found',
    'agent_inactive',
    'phone_number_assigned',
    'agent_has_number',
    'number_cannot_call',
    'conflict',
  )
  createAgentAssignment(
    @Context() context: RequestContext,
    @Body() body: CreateAgentAssignmentDto,
  ): Promise<AgentAssignmentView> {
    return this.numbers.assign(context, body.toAssignment(body.phoneNumberId), { reassign: body.reassign ?? false });
  }

  @Put(':id')
  @RequirePermission('assignments:write')
  @ApiOperation({
    summary: 'Change limit, countries and types of an assignment, pause and resume it',
    description:
      'Merges: fields that are left out stay as they are. The whole record may be sent back; figures are ignored.',
  })
  @ApiOkResponse({ type: AgentAssignmentViewDto })
  updateAgentAssignment(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: UpdateAgentAssignmentDto,
  ): Promise<AgentAssignmentView> {
    return this.service.update(context, id, body);
  }

  @Delete(':id')
  @RequirePermission('assignments:write')
  @ApiOperation({ summary: 'End an assignment' })
  @ApiOkResponse({ type: AgentAssignmentViewDto })
  endAgentAssignment(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<AgentAssignmentView> {
    return this.service.end(context, id);
  }
}
