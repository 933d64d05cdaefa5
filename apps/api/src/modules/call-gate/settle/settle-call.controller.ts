import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { AuthorizationView } from '#contracts';
import { ParseUuidPipe } from '../../../platform/http/fields/parse-uuid.pipe.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { AuthorizationViewDto } from '../decision-log/dto/authorization.view.js';
import { CompleteCallDto, VoidCallDto } from './dto/settle-call.dto.js';
import { SettleCallService } from './settle-call.service.js';

const ABOUT_REACH =
  'An API key reaches the calls that it authorized itself, a person with the role agent those of their own agents, and ' +
  'whoever has `calls:settle-any` all of the organization. Any other call is answered as one that does not exist.';

@ApiTags('Call gate')
@Controller('call-gate/authorizations/:id')
export class SettleCallController {
  constructor(private readonly service: SettleCallService) {}

  @Post('complete')
  @HttpCode(200)
  @RequirePermission('calls:settle')
  @ApiOperation({
    operationId: 'completeCall',
    summary: 'Record how an authorized call went',
    description:
      'Possible after the lease has run out as well. The same body again changes nothing and answers 200. ' +
      ABOUT_REACH,
  })
  @ApiOkResponse({ type: AuthorizationViewDto })
  complete(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: CompleteCallDto,
  ): Promise<AuthorizationView> {
    return this.service.complete(context, id, {
      disposition: body.disposition,
      durationSeconds: body.durationSeconds ?? null,
      sipCode: body.sipCode ?? null,
      externalCallId: body.externalCallId ?? null,
      cost: body.cost ?? null,
      currency: body.currency ?? null,
    });
  }

  @Post('void')
  @HttpCode(200)
  @RequirePermission('calls:settle')
  @ApiOperation({
    operationId: 'voidCall',
    summary: 'Give back a call that was not placed',
    description:
      'Only soon after the decision, by whom authorized it (or with `calls:settle-any`), and a limited number of times a ' +
      'day: 10, or a tenth of the daily limit where that is more, but never more than the daily limit itself. ' +
      'The same body again changes nothing and answers 200. The permission to dial ends with it: a retry of the ' +
      'authorization with its Idempotency-Key is denied, so ask with a new key to call after all. ' +
      ABOUT_REACH,
  })
  @ApiOkResponse({ type: AuthorizationViewDto })
  void(
    @Context() context: RequestContext,
    @Param('id', ParseUuidPipe) id: string,
    @Body() body: VoidCallDto,
  ): Promise<AuthorizationView> {
    return this.service.void(context, id, body.reason);
  }
}
