import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { ApiKeyView, NewApiKeyView } from '#contracts';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { sendPage } from '../../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../../platform/http/lists/list-query.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { Context } from '../access/request-context.decorator.js';
import { RequirePermission } from '../access/route-access.js';
import { ApiKeysService } from './api-keys.service.js';
import { ApiKeyViewDto, NewApiKeyViewDto } from './dto/api-key.view.js';
import { CreateApiKeyDto } from './dto/create-api-key.dto.js';
import { RenameApiKeyDto } from './dto/rename-api-key.dto.js';

const LIST_RULES = {
  sortable: ['name', 'createdAt', 'lastUsedAt', 'expiresAt'],
  filterable: ['q', 'status'],
  defaultSort: { field: 'createdAt', direction: 'desc' },
} as const;

@ApiTags('API keys')
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly service: ApiKeysService) {}

  @Get()
  @RequirePermission('keys:manage')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({ summary: 'List API keys' })
  @ApiOkResponse({ type: [ApiKeyViewDto] })
  async listApiKeys(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApiKeyView[]> {
    const listQuery = parseListQuery(query, LIST_RULES);
    return sendPage(reply, 'api-keys', listQuery, await this.service.list(context, listQuery));
  }

  @Get(':id')
  @RequirePermission('keys:manage')
  @ApiOperation({ summary: 'Get an API key, without the key itself' })
  @ApiOkResponse({ type: ApiKeyViewDto })
  getApiKey(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<ApiKeyView> {
    return this.service.get(context, id);
  }

  @Post()
  @RequirePermission('keys:manage')
  @ApiOperation({ summary: 'Create an API key', description: 'The answer is the only one that shows the key itself.' })
  @ApiCreatedResponse({ type: NewApiKeyViewDto })
  createApiKey(
    @Context() context: RequestContext,
    @Body() { name, scopes, expiresAt }: CreateApiKeyDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewApiKeyView> {
    void reply.header('cache-control', 'no-store');
    return this.service.create(context, { name, scopes, expiresAt: expiresAt ? new Date(expiresAt) : null });
  }

  @Put(':id')
  @RequirePermission('keys:manage')
  @ApiOperation({ summary: 'Rename an API key', description: 'What it may do cannot be changed: create another one.' })
  @ApiOkResponse({ type: ApiKeyViewDto })
  renameApiKey(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: RenameApiKeyDto,
  ): Promise<ApiKeyView> {
    return this.service.rename(context, id, body);
  }

  @Delete(':id')
  @RequirePermission('keys:manage')
  @ApiOperation({ summary: 'Revoke an API key', description: 'Every process refuses it within a second.' })
  @ApiOkResponse({ type: ApiKeyViewDto })
  revokeApiKey(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<ApiKeyView> {
    return this.service.revoke(context, id);
  }
}
