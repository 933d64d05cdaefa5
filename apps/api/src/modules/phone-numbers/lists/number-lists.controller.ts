import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { PhoneNumberSummaryView } from '#contracts';
import { sendCsv, sendJsonArray } from '../../../platform/http/exports/export-stream.js';
import { ApiListParameters } from '../../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../../platform/http/lists/list-query.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { PhoneNumberSummaryViewDto } from './dto/phone-number-summary.view.js';
import { NumberListsService } from './number-lists.service.js';
import { phoneNumberExportColumns } from './phone-number-export-columns.js';
import { PHONE_NUMBER_LIST_RULES } from './phone-number-list-rules.js';

const EXPORT_RULES = { ...PHONE_NUMBER_LIST_RULES, sortable: ['createdAt'] };

/** What is said of all numbers of a list at once: figures, and the list itself as a file. */
@ApiTags('Phone numbers')
@Controller('phone-numbers')
export class NumberListsController {
  constructor(private readonly service: NumberListsService) {}

  @Get('summary')
  @RequirePermission('numbers:read')
  @ApiOperation({ summary: 'Figures of the own numbers and of the pool' })
  @ApiOkResponse({ type: PhoneNumberSummaryViewDto })
  getPhoneNumberSummary(@Context() context: RequestContext): Promise<PhoneNumberSummaryView> {
    return this.service.summary(context);
  }

  @Get('export.csv')
  @RequirePermission('numbers:read')
  @ApiListParameters('filter')
  @ApiOperation({
    summary: 'Download a list of phone numbers as CSV, with the filters of the list',
    description: 'The columns are those of a bulk upload. Oldest numbers first; the whole list, whatever its length.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async exportPhoneNumbersCsv(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const numbers = this.service.all(context, parseListQuery(query, EXPORT_RULES));
    await sendCsv(
      reply,
      { organizationId: context.organizationId, name: 'phone-numbers' },
      phoneNumberExportColumns,
      numbers,
    );
  }

  @Get('export.json')
  @RequirePermission('numbers:read')
  @ApiListParameters('filter')
  @ApiOperation({
    summary: 'Download a list of phone numbers as JSON, with the filters of the list',
  })
  @ApiOkResponse({ schema: { type: 'array', items: { type: 'object' } } })
  async exportPhoneNumbersJson(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendJsonArray(
      reply,
      { organizationId: context.organizationId, name: 'phone-numbers' },
      this.service.all(context, parseListQuery(query, EXPORT_RULES)),
    );
  }
}
