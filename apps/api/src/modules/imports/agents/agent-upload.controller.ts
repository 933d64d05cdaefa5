import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { AgentUploadView } from '#contracts';
import { uploadedFile } from '../../../platform/http/uploads/uploaded-file.js';
import { AcceptsUpload } from '../../../platform/http/uploads/uploads.js';
import { AgentRegistry, type ListedFault } from '../../agents/agents.public.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { AgentUploadViewDto } from './dto/agent-upload.view.js';
import { refuseBinary, refuseJson, requireEncoding } from '../read/upload-encoding.js';
import { type AgentLine, MAX_AGENTS, readAgentFile, throwFaults } from './read-agent-file.js';

const MAX_BYTES = 1024 * 1024;

@ApiTags('Agents')
@Controller('agents')
export class AgentUploadController {
  constructor(private readonly registry: AgentRegistry) {}

  @Post('bulk-upload')
  @HttpCode(200)
  @RequirePermission('agents:write')
  @AcceptsUpload(MAX_BYTES)
  @ApiOperation({
    summary: 'Add and change agents by a CSV file, and give them their external ids',
    description:
      `A header line with name and any of externalId, kind, status; up to ${MAX_AGENTS} agents in UTF-8. An agent that is there ` +
      'under its name is changed, and every other is added, for which kind is needed. An empty value leaves the field as it ' +
      'is. All agents of the file are taken or none: what is wrong is told by line and column.',
  })
  @ApiConsumes('text/csv', 'text/plain')
  @ApiBody({ schema: { type: 'string', example: 'name,externalId,kind\nAlice,crm-4711,human\n' } })
  @ApiOkResponse({ type: AgentUploadViewDto })
  async uploadAgents(
    @Context() context: RequestContext,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<AgentUploadView> {
    const { file, charset } = await uploadedFile(request, body, []);
    const encoding = charset === null ? 'utf-8' : requireEncoding(charset);
    const agents = readAgentFile(await textOf(file, encoding));
    return this.registry.put(context, agents, (faults) => refuse(faults));
  }
}

/**
 * A byte order mark is left out. What cannot be decoded becomes a character that no value may have.
 *
 * @throws ProblemError csv_invalid for a workbook, JSON and such
 */
async function textOf(file: Readable, encoding: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  refuseBinary(bytes);
  const text = new TextDecoder(encoding).decode(bytes);
  refuseJson(text);
  return text;
}

function refuse(faults: readonly ListedFault[]): never {
  const errors = faults.map(({ row, field, message }) => [`line ${(row as AgentLine).line}: ${field}`, message]);
  throwFaults(Object.fromEntries(errors) as Record<string, string>);
  throw new Error('There was no fault to refuse');
}
