import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { AuditChainView, AuditEventView } from '#contracts';
import { ParseUuidPipe } from '../../platform/http/fields/parse-uuid.pipe.js';
import { sendPage } from '../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../platform/http/lists/list-query.js';
import { Context, RequirePermission } from '../auth/auth.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { AuditTrailService } from './audit-trail.service.js';
import { AuditChainViewDto, AuditEventViewDto } from './dto/audit-event.view.js';

const LIST_RULES = {
  sortable: ['occurredAt'],
  filterable: ['actorId', 'actor', 'action', 'recordType', 'recordId', 'field', 'from', 'to'],
  defaultSort: { field: 'occurredAt', direction: 'desc' },
} as const;

@ApiTags('Audit')
@Controller('audit-events')
export class AuditTrailController {
  constructor(private readonly service: AuditTrailService) {}

  @Get()
  @RequirePermission('audit:read')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({
    summary: 'Who did what, the newest first',
    description:
      'Filters: `actorId`, `actor` (a part of the e-mail or the key’s name), `action`, `recordType`, `recordId` (also events ' +
      'that concern the record, such as the assignments of a number), `field` (events that changed it), `from`, `to` ' +
      '(exclusive). The total is counted up to 10,000.',
  })
  @ApiOkResponse({ type: [AuditEventViewDto] })
  async listAuditEvents(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuditEventView[]> {
    const listQuery = parseListQuery(query, LIST_RULES);
    return sendPage(reply, 'audit-events', listQuery, await this.service.list(context, listQuery));
  }

  @Get('verify')
  @RequirePermission('audit:read')
  @ApiOperation({
    summary: 'Compute the last 20,000 links of the hash chain anew',
    description: 'Keep `sequence` and `hash` elsewhere: they are an anchor for `npm run audit:verify`.',
  })
  @ApiOkResponse({ type: AuditChainViewDto })
  verifyAuditChain(@Context() context: RequestContext): Promise<AuditChainView> {
    return this.service.verify(context);
  }

  @Get(':id')
  @RequirePermission('audit:read')
  @ApiOperation({ summary: 'Get an audit event' })
  @ApiOkResponse({ type: AuditEventViewDto })
  getAuditEvent(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<AuditEventView> {
    return this.service.get(context, id);
  }
}
