import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { DecisionDetailView, DecisionPageView, DecisionView } from '#contracts';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { countExport } from '../../../platform/http/exports/export-slots.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { decisionLogCsv, decisionLogHeader } from './decision-log-csv.js';
import { DecisionLogService } from './decision-log.service.js';
import {
  DecisionDetailViewDto,
  DecisionFilterDto,
  decisionFilterOf,
  DecisionPageQueryDto,
  DecisionPageViewDto,
  DEFAULT_PAGE,
} from './dto/decision-log.dto.js';

@ApiTags('Call gate')
@Controller('call-gate')
export class DecisionLogController {
  constructor(private readonly service: DecisionLogService) {}

  @Get('authorizations')
  @RequirePermission('calls:read')
  @ApiOperation({
    summary: 'The decision log: what was decided, the newest first',
    description:
      'People with the role agent see the calls of their own agents. One request looks at a bounded part of the log: a page ' +
      'may hold fewer calls than `limit`, and even none, while `nextCursor` says that there is more further back.',
  })
  @ApiOkResponse({ type: DecisionPageViewDto })
  listDecisions(@Context() context: RequestContext, @Query() query: DecisionPageQueryDto): Promise<DecisionPageView> {
    const { limit = DEFAULT_PAGE, cursor = null } = query;
    return this.service.page(context, decisionFilterOf(query), limit, cursor);
  }

  @Get('authorizations.csv')
  @RequirePermission('calls:read')
  @ApiOperation({
    summary: 'Download the decision log as CSV, with the same filters',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async exportDecisionsCsv(
    @Context() context: RequestContext,
    @Query() query: DecisionFilterDto,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const chunks = csvOf(this.service.all(context, decisionFilterOf(query)));
    await reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="decisions.csv"')
      .send(countExport(reply, context.organizationId, () => Readable.from(chunks, { objectMode: false })));
  }

  @Get('authorizations/:id')
  @RequirePermission('calls:read')
  @ApiOperation({
    summary: 'Get one authorization, allowed or denied, and what became of it',
    description: 'With each correction: who reported it, when, and what it changed from what to what.',
  })
  @ApiOkResponse({ type: DecisionDetailViewDto })
  getDecision(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<DecisionDetailView> {
    return this.service.get(context, id);
  }
}

/**
 * The stream takes the next chunk when the one before is on its way, and stops the walk through the log when the client
 * goes away. An empty chunk is sent as nothing, but gives it the chance to stop.
 */
async function* csvOf(chunks: AsyncIterable<DecisionView[]>): AsyncGenerator<string> {
  yield decisionLogHeader;
  for await (const chunk of chunks) yield decisionLogCsv(chunk);
}
