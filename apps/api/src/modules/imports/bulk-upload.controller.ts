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
import type {} from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ImportJobView } from '#contracts';
import { ProblemError } from '../../platform/http/problem.error.js';
import { AcceptsUpload } from '../../platform/http/uploads.js';
import { Context, RequirePermission } from '../auth/auth.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { BulkUploadService } from './bulk-upload.service.js';
import { BulkUploadQuery } from './dto/bulk-upload.query.js';
import { ImportJobViewDto } from './dto/import-job.view.js';

const MAX_BYTES = 32 * 1024 * 1024;
const MAX_FILE_NAME = 255;
const USUAL_PATIENCE_S = 10;
const MAX_PATIENCE_S = 60;

interface UploadedFile {
  bytes: Buffer;
  fileName: string | null;
}

@ApiTags('Phone numbers')
@Controller('phone-numbers')
export class BulkUploadController {
  constructor(private readonly service: BulkUploadService) {}

  @Post('bulk-upload')
  @RequirePermission('numbers:write')
  @AcceptsUpload(MAX_BYTES)
  @ApiOperation({
    summary: 'Upload phone numbers as CSV',
    description:
      'One `+12025550123,telnyx,US` a line, with or without a header line (phoneNumber, provider, countryCode, label). ' +
      'Every good row is taken; the answer says why the others were not.',
  })
  @ApiConsumes('text/csv', 'text/plain', 'multipart/form-data')
  @ApiBody({ schema: { type: 'string', example: '+12025550123,telnyx,US\n+442079460958,twilio,GB\n' } })
  @ApiHeader({ name: 'Prefer', required: false, description: 'wait=N: answer 200 when done within N seconds (to 60).' })
  @ApiAcceptedResponse({ type: ImportJobViewDto })
  @ApiOkResponse({ type: ImportJobViewDto, description: 'Done within the seconds that Prefer allowed.' })
  async upload(
    @Context() context: RequestContext,
    @Query() query: BulkUploadQuery,
    @Body() body: unknown,
    @Headers('prefer') prefer: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportJobView> {
    const { bytes, fileName } = await fileOf(request, body);
    const wait = preferredWait(prefer);
    const options = { mode: query.mode ?? 'create', dryRun: query.dryRun === 'true', fileName };
    const { job, finished } = await this.service.upload(context, bytes, options, (wait ?? USUAL_PATIENCE_S) * 1_000);
    reply.status(wait !== null && finished ? HttpStatus.OK : HttpStatus.ACCEPTED);
    reply.header('location', `/api/v1/imports/${job.id}`);
    if (wait !== null) reply.header('preference-applied', `wait=${wait}`);
    return job;
  }
}

/** The seconds of `Prefer: wait=N` (RFC 7240), at most 60. */
function preferredWait(prefer: string | undefined): number | null {
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})/i.exec(prefer ?? '')?.[1];
  return seconds === undefined ? null : Math.min(Number(seconds), MAX_PATIENCE_S);
}

async function fileOf(request: FastifyRequest, body: unknown): Promise<UploadedFile> {
  if (Buffer.isBuffer(body)) return { bytes: body, fileName: null };
  if (!request.isMultipart()) {
    if (body == null) return { bytes: Buffer.alloc(0), fileName: null };
    throw new ProblemError('unsupported_media_type', 'Send the file as text/csv, or as `file` in multipart/form-data.');
  }
  const part = await request.file({ limits: { fileSize: MAX_BYTES } });
  if (part?.fieldname !== 'file') {
    const message = 'is missing; send the CSV file in the part named file';
    throw new ProblemError('validation_failed', `file: ${message}`, { errors: { file: message } });
  }
  const bytes = await part.toBuffer();
  const fileName = [...part.filename.replaceAll('\0', '')].slice(0, MAX_FILE_NAME).join('');
  return { bytes, fileName: fileName === '' ? null : fileName };
}
