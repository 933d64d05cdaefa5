import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { ImportJobSummaryView, ImportJobView } from '#contracts';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { sendPage } from '../../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../../platform/http/lists/list-query.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { ImportJobSummaryViewDto, ImportJobViewDto } from './dto/import-job.view.js';
import { importErrorsCsv, importErrorsHeader, importNoticesCsv, importNoticesHeader } from './import-errors-csv.js';
import { ImportsService } from './imports.service.js';

const LIST_RULES = {
  sortable: ['createdAt'],
  filterable: ['status', 'dryRun'],
  defaultSort: { field: 'createdAt', direction: 'desc' },
} as const;

@ApiTags('Imports')
@Controller('imports')
export class ImportsController {
  constructor(private readonly service: ImportsService) {}

  @Get()
  @RequirePermission('numbers:write')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({
    summary: 'List uploads, the newest first',
    description: 'Filters: `status`, and `dryRun` (true for dry runs only, false for the others).',
  })
  @ApiOkResponse({ type: [ImportJobSummaryViewDto] })
  async listImports(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportJobSummaryView[]> {
    const listQuery = parseListQuery(query, LIST_RULES);
    return sendPage(reply, 'imports', listQuery, await this.service.list(context, listQuery));
  }

  @Get(':id')
  @RequirePermission('numbers:write')
  @ApiOperation({ summary: 'Get an upload, how far it is and what was not taken' })
  @ApiOkResponse({ type: ImportJobViewDto })
  getImport(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<ImportJobView> {
    return this.service.get(context, id);
  }

  @Get(':id/errors.csv')
  @RequirePermission('numbers:write')
  @ApiOperation({
    summary: 'Download every row that was not taken, with the reason',
    description: 'The rows stand behind the reasons. Mend them and upload the file as it is.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async exportImportErrorsCsv(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.service.get(context, id);
    const columns = await this.service.columns(context, id);
    const errors = csvOf(importErrorsHeader(columns), this.service.errors(context, id), importErrorsCsv);
    await send(reply, `import-${id}-errors.csv`, errors);
  }

  @Get(':id/notices.csv')
  @RequirePermission('numbers:write')
  @ApiOperation({
    summary: 'Download every notice: what was read otherwise than it stands in the file, or left out',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async exportImportNoticesCsv(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.service.get(context, id);
    const notices = csvOf(importNoticesHeader(), this.service.notices(context, id), importNoticesCsv);
    await send(reply, `import-${id}-notices.csv`, notices);
  }

  @Get(':id/events')
  @RequirePermission('numbers:write')
  @ApiOperation({
    summary: 'Follow an upload',
    description: 'Server-sent events: `progress` each time that it has moved, `done` with the whole job at the end.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ schema: { type: 'string' } })
  async followImport(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.service.get(context, id);
    const gone = new AbortController();
    request.raw.once('close', () => gone.abort());
    const events = eventsOf(this.service.progress(context, id, gone.signal), () => this.service.get(context, id));
    await reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('x-accel-buffering', 'no')
      .send(Readable.from(events, { objectMode: false }));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @RequirePermission('numbers:write')
  @ApiOperation({ summary: 'Call an upload off; what it has taken stays' })
  @ApiOkResponse({ type: ImportJobViewDto })
  @ApiProblems('conflict')
  cancelImport(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<ImportJobView> {
    return this.service.cancel(context, id);
  }

  @Post(':id/undo')
  @HttpCode(200)
  @RequirePermission('numbers:write')
  @ApiOperation({ summary: 'Take back everything that an upload did, while nothing of it was changed or used' })
  @ApiOkResponse({ type: ImportJobViewDto })
  @ApiProblems('conflict')
  undoImport(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<ImportJobView> {
    return this.service.undo(context, id);
  }
}

async function send(reply: FastifyReply, fileName: string, csv: AsyncGenerator<string>): Promise<void> {
  await reply
    .header('content-type', 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .send(Readable.from(csv, { objectMode: false }));
}

async function* csvOf<T>(
  header: string,
  pages: AsyncGenerator<T[]>,
  linesOf: (page: readonly T[]) => string,
): AsyncGenerator<string> {
  yield header;
  for await (const page of pages) yield linesOf(page);
}

async function* eventsOf(
  progress: AsyncGenerator<ImportJobSummaryView>,
  whole: () => Promise<ImportJobView>,
): AsyncGenerator<string> {
  for await (const job of progress) {
    if (job.finishedAt === null) yield `event: progress\ndata: ${JSON.stringify(job)}\n\n`;
    else yield `event: done\ndata: ${JSON.stringify(await whole())}\n\n`;
  }
}
