import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { ImportJobView } from '#contracts';
import { ParseUuidPipe } from '../../platform/http/parse-uuid.pipe.js';
import { Context, RequirePermission } from '../auth/auth.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { ImportJobViewDto } from './dto/import-job.view.js';
import { importErrorsCsv, importErrorsHeader } from './import-errors-csv.js';
import { ImportsService } from './imports.service.js';

@ApiTags('Imports')
@Controller('imports')
export class ImportsController {
  constructor(private readonly service: ImportsService) {}

  @Get(':id')
  @RequirePermission('numbers:write')
  @ApiOperation({ summary: 'Get an upload, how far it is and what was not taken' })
  @ApiOkResponse({ type: ImportJobViewDto })
  get(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<ImportJobView> {
    return this.service.get(context, id);
  }

  @Get(':id/errors.csv')
  @RequirePermission('numbers:write')
  @ApiOperation({ summary: 'Download every row that was not taken, with the reason' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async errors(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.service.get(context, id);
    await reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="import-${id}-errors.csv"`)
      .send(Readable.from(csvOf(this.service.errors(context, id)), { objectMode: false }));
  }
}

async function* csvOf(pages: ReturnType<ImportsService['errors']>): AsyncGenerator<string> {
  yield importErrorsHeader;
  for await (const page of pages) yield importErrorsCsv(page);
}
