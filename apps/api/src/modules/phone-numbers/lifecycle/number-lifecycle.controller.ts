import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PhoneNumberView } from '#contracts';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { ApiProblems } from '../../../platform/http/problems/problem.schema.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { PhoneNumberViewDto } from '../inventory/dto/phone-number.view.js';
import { ClaimNumberDto, ConnectNumberDto, ReserveNumberDto } from './dto/number-steps.dto.js';
import { NumberLifecycleService } from './number-lifecycle.service.js';

const RESERVATION_MINUTES = 60;

/** The steps of a number's life. Each answers the number as it is afterwards. */
@ApiTags('Phone numbers')
@Controller('phone-numbers')
export class NumberLifecycleController {
  constructor(private readonly service: NumberLifecycleService) {}

  @Post(':id/claim')
  @HttpCode(200)
  @RequirePermission('numbers:write')
  @ApiOperation({
    summary: 'Take a number out of the pool',
    description: 'Within the quota of the organization (poolQuota), which reservations count towards too.',
  })
  @ApiBody({ type: ClaimNumberDto, required: false })
  @ApiOkResponse({ type: PhoneNumberViewDto })
  @ApiProblems('phone_number_taken', 'phone_number_reserved', 'pool_quota_reached', 'conflict')
  claimPhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body?: ClaimNumberDto,
  ): Promise<PhoneNumberView> {
    return this.service.claim(context, id, body?.clientId ?? null);
  }

  @Post(':id/release')
  @HttpCode(200)
  @RequirePermission('numbers:write')
  @ApiOperation({
    summary: 'Put a claimed number back into the pool',
    description: 'It goes back as it was there.',
  })
  @ApiOkResponse({ type: PhoneNumberViewDto })
  @ApiProblems('phone_number_assigned', 'phone_number_connected', 'conflict')
  releasePhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<PhoneNumberView> {
    return this.service.release(context, id);
  }

  @Post(':id/reserve')
  @HttpCode(200)
  @RequirePermission('numbers:write')
  @ApiOperation({
    summary: 'Keep a number of the pool for the organization',
    description:
      'Nobody else can claim it until the time is over. Reserving again prolongs it. It counts towards the quota of the organization (poolQuota).',
  })
  @ApiBody({ type: ReserveNumberDto, required: false })
  @ApiOkResponse({ type: PhoneNumberViewDto })
  @ApiProblems('phone_number_reserved', 'phone_number_taken', 'pool_quota_reached', 'conflict')
  reservePhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body?: ReserveNumberDto,
  ): Promise<PhoneNumberView> {
    return this.service.reserve(context, id, body?.minutes ?? RESERVATION_MINUTES);
  }

  @Post(':id/unreserve')
  @HttpCode(200)
  @RequirePermission('numbers:write')
  @ApiOperation({ summary: 'End a reservation' })
  @ApiOkResponse({ type: PhoneNumberViewDto })
  @ApiProblems('phone_number_reserved', 'conflict')
  unreservePhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<PhoneNumberView> {
    return this.service.unreserve(context, id);
  }

  @Post(':id/connect')
  @HttpCode(200)
  @RequirePermission('assignments:write')
  @ApiOperation({ summary: 'Make an agent answer the inbound calls of the number' })
  @ApiOkResponse({ type: PhoneNumberViewDto })
  @ApiProblems('agent_inactive', 'phone_number_connected', 'agent_has_number', 'conflict')
  connectPhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: ConnectNumberDto,
  ): Promise<PhoneNumberView> {
    return this.service.connect(context, id, body.agentId);
  }

  @Post(':id/disconnect')
  @HttpCode(200)
  @RequirePermission('assignments:write')
  @ApiOperation({ summary: 'Take the agent off the inbound calls of the number' })
  @ApiOkResponse({ type: PhoneNumberViewDto })
  @ApiProblems('conflict')
  disconnectPhoneNumber(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
  ): Promise<PhoneNumberView> {
    return this.service.disconnect(context, id);
  }
}
