import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { AgentAssignmentView, AgentPhoneNumbersView } from '#contracts';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { AgentAssignmentsService } from './agent-assignments.service.js';
import { AssignNumberService } from './assign-number.service.js';
import { AgentAssignmentViewDto, AgentPhoneNumbersViewDto } from './dto/agent-assignment.view.js';
import { AssignNumberDto } from './dto/assign-number.dto.js';

/** The same assignments, asked for by number. `agent` and `assistant` are no UUIDs, so `:id` never takes their place. */
@ApiTags('Phone numbers')
@Controller('phone-numbers')
export class NumberAssignmentController {
  constructor(
    private readonly assignments: AgentAssignmentsService,
    private readonly numbers: AssignNumberService,
  ) {}

  @Get('agent/:agentId')
  @RequirePermission('assignments:read')
  @ApiOperation({
    summary: 'The numbers that an agent may call from, with what is left of today',
  })
  @ApiOkResponse({ type: AgentPhoneNumbersViewDto })
  getPhoneNumbersOfAgent(
    @Context() context: RequestContext,
    @Param('agentId', ParseUuidPipe) agentId: string,
  ): Promise<AgentPhoneNumbersView> {
    return this.assignments.numbersOfAgent(context, agentId);
  }

  @Get('assistant/:assistantId')
  @RequirePermission('assignments:read')
  @ApiOperation({
    summary: 'The numbers whose inbound calls an agent answers',
  })
  @ApiOkResponse({ type: AgentPhoneNumbersViewDto })
  getPhoneNumbersOfAssistant(
    @Context() context: RequestContext,
    @Param('assistantId', ParseUuidPipe) assistantId: string,
  ): Promise<AgentPhoneNumbersView> {
    return this.assignments.numbersAnsweredBy(context, assistantId);
  }

  @Post(':id/assign')
  @RequirePermission('assignments:write')
  @ApiOperation({ summary: 'Let an agent call from the number' })
  @ApiCreatedResponse({ type: AgentAssignmentViewDto })
  @ApiProblems('agent_inactive', 'phone_number_assigned', 'agent_has_number', 'number_cannot_call', 'conflict')
  assignPhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: AssignNumberDto,
  ): Promise<AgentAssignmentView> {
    return this.numbers.assign(context, body.toAssignment(id), { reassign: body.reassign ?? false });
  }

  @Post(':id/unassign')
  @HttpCode(200)
  @RequirePermission('assignments:write')
  @ApiOperation({
    summary: 'End the assignment of the number',
    description: 'Answers the assignment as it was.',
  })
  @ApiOkResponse({ type: AgentAssignmentViewDto })
  @ApiProblems('conflict')
  unassignPhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<AgentAssignmentView> {
    return this.numbers.unassign(context, id);
  }
}
