import { Body, Controller, Headers, HttpStatus, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ColumnMapping, type ImportJobView, readableColumns } from '#contracts';
import { readJsonParameter } from '../../../platform/http/bodies/json-reader.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { uploadedFile } from '../../../platform/http/uploads/uploaded-file.js';
import { AcceptsUpload } from '../../../platform/http/uploads/uploads.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { ImportJobViewDto } from '../jobs/dto/import-job.view.js';
import { toldEncoding } from '../read/upload-encoding.js';
import { BulkUploadService } from './bulk-upload.service.js';
import { BulkUploadQuery } from './dto/bulk-upload.query.js';

const MAX_BYTES = 256 * 1024 * 1024;
/** What the query says, and the fields of a form do not. */
const PARAMETERS = [
  'dryRun',
  'operation',
  'mode',
  'country',
  'numberFormat',
  'provider',
  'encoding',
  'mapping',
] as const satisfies readonly (keyof BulkUploadQuery)[];
const USUAL_PATIENCE_S = 2;
const MAX_PATIENCE_S = 60;

@ApiTags('Phone numbers')
@Controller('phone-numbers')
export class BulkUploadController {
  constructor(private readonly service: BulkUploadService) {}

  @Post('bulk-upload')
  @RequirePermission('numbers:write')
  @AcceptsUpload(MAX_BYTES, { forms: true })
  @ApiOperation({
    summary: 'Upload phone numbers as CSV',
    description:
      'One `+12025550123,telnyx,US` a line, with or without a header line. Further columns by a header: label, region, ' +
      'client, monthlyCost, currency, capabilities (or voice and sms), tags, status, and agent, dailyLimit, ' +
      'allowedCountries to assign the number. ' +
      'The separator is found, or named by a first line `sep=;`. Exports of Twilio and Telnyx are known by their headers. ' +
      'Columns that are not known are left out with a notice, but for those that could say what may be called. ' +
      'Every good row is taken, in the background; the job says why the others were not. With operation=delete or ' +
      'operation=unassign the numbers of the file are deleted or taken from their agents instead.',
  })
  @ApiConsumes('text/csv', 'text/plain', 'multipart/form-data')
  @ApiBody({ schema: { type: 'string', example: '+12025550123,telnyx,US\n+442079460958,twilio,GB\n' } })
  @ApiHeader({ name: 'Prefer', required: false, description: 'wait=N: answer 200 when done within N seconds (to 60).' })
  @ApiAcceptedResponse({ type: ImportJobViewDto })
  @ApiOkResponse({ type: ImportJobViewDto, description: 'Done within the seconds that Prefer allowed.' })
  @ApiProblems('csv_invalid')
  async uploadPhoneNumbers(
    @Context() context: RequestContext,
    @Query() query: BulkUploadQuery,
    @Body() body: unknown,
    @Headers('prefer') prefer: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportJobView> {
    const { operation = 'register', mode = 'create', dryRun, country = null, numberFormat = 'any' } = query;
    if (query.mode !== undefined && operation !== 'register') throw modeMeansNothing(operation);
    const columns = { mapping: mappingOf(query.mapping), provider: query.provider ?? null };
    const { file, fileName, charset } = await uploadedFile(request, body, PARAMETERS);
    const told = { ...columns, ...toldEncoding(query.encoding, charset) };
    const wait = preferredWait(prefer);
    const options = { operation, mode, dryRun: dryRun === 'true', fileName, country, numberFormat };
    const patienceMs = (wait ?? USUAL_PATIENCE_S) * 1_000;
    const { job, finished } = await this.service
      .upload(context, file, options, told, patienceMs)
      // Who gives up in the middle lets go of the body, so that its rest can be thrown away.
      .finally(() => file.destroy());
    reply.status(wait !== null && finished ? HttpStatus.OK : HttpStatus.ACCEPTED);
    reply.header('location', `/api/v1/imports/${job.id}`);
    if (wait !== null) reply.header('preference-applied', `wait=${wait}`);
    return job;
  }
}

function modeMeansNothing(operation: string): ProblemError {
  const message = `means nothing to operation=${operation}; leave it out`;
  return new ProblemError('validation_failed', `mode: ${message}.`, { errors: { mode: message } });
}

/** The seconds of `Prefer: wait=N` (RFC 7240), at most 60. */
function preferredWait(prefer: string | undefined): number | null {
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})/i.exec(prefer ?? '')?.[1];
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_PATIENCE_S);
}

function mappingOf(text: string | undefined): ColumnMapping | null {
  if (text === undefined) return null;
  const columns: readonly string[] = [...readableColumns, ''];
  const mapping = readJsonParameter('mapping', text);
  const isMapping =
    typeof mapping === 'object' &&
    mapping !== null &&
    Object.values(mapping).every((column) => typeof column === 'string' && columns.includes(column));
  if (isMapping && !Array.isArray(mapping)) return mapping as ColumnMapping;
  const message = `must be JSON such as {"Tel":"phoneNumber","Notes":""}, with columns out of ${readableColumns.join(', ')}`;
  throw new ProblemError('validation_failed', `mapping: ${message}`, { errors: { mapping: message } });
}
