import { Body, Controller, Delete, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { PhoneNumberCheckView, PhoneNumberView } from '#contracts';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { sendPage } from '../../../platform/http/lists/content-range.js';
import { ApiListParameters } from '../../../platform/http/lists/list-parameters.js';
import { parseListQuery } from '../../../platform/http/lists/list-query.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { PHONE_NUMBER_LIST_RULES } from '../lists/phone-number-list-rules.js';
import { CreatePhoneNumberDto } from './dto/create-phone-number.dto.js';
import { PhoneNumberCheckViewDto } from './dto/phone-number-check.view.js';
import { PhoneNumberViewDto } from './dto/phone-number.view.js';
import { UpdatePhoneNumberDto } from './dto/update-phone-number.dto.js';
import { PhoneNumbersService } from './phone-numbers.service.js';

@ApiTags('Phone numbers')
@Controller('phone-numbers')
export class PhoneNumbersController {
  constructor(private readonly service: PhoneNumbersService) {}

  @Get()
  @RequirePermission('numbers:read')
  @ApiListParameters('filter', 'range', 'sort')
  @ApiOperation({
    summary: 'List phone numbers',
    description:
      'The own numbers; with filter={"inPool":true} those of the pool. Of these, filter={"status":"available"} finds what ' +
      'no other organization has reserved, own reservations included, and filter={"status":"reserved"} all that is reserved.',
  })
  @ApiOkResponse({ type: [PhoneNumberViewDto] })
  async listPhoneNumbers(
    @Context() context: RequestContext,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PhoneNumberView[]> {
    const listQuery = parseListQuery(query, PHONE_NUMBER_LIST_RULES);
    return sendPage(reply, 'phone-numbers', listQuery, await this.service.list(context, listQuery));
  }

  @Get('check/:phoneNumber')
  @RequirePermission('numbers:read')
  @ApiOperation({ summary: 'Tell whether a number is known, among the own numbers and those of the pool' })
  @ApiOkResponse({ type: PhoneNumberCheckViewDto })
  checkPhoneNumber(
    @Context() context: RequestContext,
    @Param('phoneNumber') phoneNumber: string,
  ): Promise<PhoneNumberCheckView> {
    return this.service.check(context, phoneNumber);
  }

  @Get(':id')
  @RequirePermission('numbers:read')
  @ApiOperation({ summary: 'Get a phone number' })
  @ApiOkResponse({ type: PhoneNumberViewDto })
  getPhoneNumber(@Context() context: RequestContext, @Param('id', ParseUuidPipe) id: string): Promise<PhoneNumberView> {
    return this.service.get(context, id);
  }

  @Post()
  @RequirePermission('numbers:write')
  @ApiOperation({
    summary: 'Add a phone number',
    description: 'A number that was deleted before comes back as the same record.',
  })
  @ApiCreatedResponse({ type: PhoneNumberViewDto })
  @ApiProblems('phone_number_exists')
  createPhoneNumber(@Context() context: RequestContext, @Body() body: CreatePhoneNumberDto): Promise<PhoneNumberView> {
    return this.service.create(context, body);
  }

  @Put(':id')
  @RequirePermission('numbers:write')
  @ApiOperation({
    summary: 'Change a phone number',
    description:
      'Merges: fields that are left out stay as they are. The whole record may be sent back; what cannot be changed must be what it was.',
  })
  @ApiOkResponse({ type: PhoneNumberViewDto })
  updatePhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: UpdatePhoneNumberDto,
  ): Promise<PhoneNumberView> {
    return this.service.update(context, id, body);
  }

  @Delete(':id')
  @RequirePermission('numbers:write')
  @ApiOperation({ summary: 'Delete a phone number that is neither assigned nor connected' })
  @ApiOkResponse({ type: PhoneNumberViewDto })
  @ApiProblems('phone_number_assigned', 'phone_number_connected', 'conflict')
  deletePhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<PhoneNumberView> {
    return this.service.remove(context, id);
  }
}
