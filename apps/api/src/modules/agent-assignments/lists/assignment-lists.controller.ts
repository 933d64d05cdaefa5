import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { sendCsv, sendJsonArray } from '../../../platform/http/exports/export-stream.js';
import { ApiListParameters } from '../../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../../platform/http/lists/list-query.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { AgentAssignmentViewDto } from '../assign/dto/agent-assignment.view.js';
import { assignmentExportColumns } from './assignment-export-columns.js';
import { ASSIGNMENT_LIST_RULES } from './assignment-list-rules.js';
import { AssignmentListsService } from './assignment-lists.service.js';

const EXPORT_RULES = {
  ...ASSIGNMENT_LIST_RULES,
  sortable: ['createdAt'],
  defaultSort: { field: 'createdAt', direction: 'asc' },
} as const;

/** Lists of assignments as files. */
@ApiTags('Agent assignments')
@Controller('agent-assignments')
export class AssignmentListsController {
  constructor(private readonly service: AssignmentListsService) {}

  @Get('export.csv')
  @RequirePermission('assignments:read')
  @ApiListParameters('filter')
  @ApiOperation({
    summary: 'Download a list of live assignments as CSV, with the filters of the list',
    description: 'Oldest assignments first; the whole list, whatever its length.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async exportAgentAssignmentsCsv(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const assignments = this.service.all(context, parseListQuery(query, EXPORT_RULES));
    await sendCsv(
      reply,
      { organizationId: context.organizationId, name: 'agent-assignments' },
      assignmentExportColumns,
      assignments,
    );
  }

  @Get('export.json')
  @RequirePermission('assignments:read')
  @ApiListParameters('filter')
  @ApiOperation({
    summary: 'Download a list of live assignments as JSON, with the filters of the list',
  })
  @ApiOkResponse({ type: [AgentAssignmentViewDto] })
  async exportAgentAssignmentsJson(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendJsonArray(
      reply,
      { organizationId: context.organizationId, name: 'agent-assignments' },
      this.service.all(context, parseListQuery(query, EXPORT_RULES)),
    );
  }
}
