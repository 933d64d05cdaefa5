import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { CallSimulationView } from '#contracts';
import { BodyLimit } from '../../../platform/http/bodies/bodies.js';
import { Context, RequirePermission } from '../../auth/auth.public.js';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import { AuthorizeCallDto } from '../authorize/dto/authorize-call.dto.js';
import { parseCallRequest, parseNoQuery, valueOrThrow } from '../policy/call-request.js';
import { CallSimulationDto } from './dto/simulate-call.view.js';
import { SimulateCallService } from './simulate-call.service.js';

@ApiTags('Call gate')
@Controller('call-gate')
export class SimulateCallController {
  constructor(private readonly service: SimulateCallService) {}

  @Post('simulate')
  @HttpCode(200)
  @RequirePermission('calls:authorize')
  @BodyLimit('small')
  @ApiOperation({
    summary: 'Tell what authorize would decide now, and by which rules',
    description: 'Counts nothing and writes nothing. Every number that the call could use comes with its checks.',
  })
  @ApiBody({ type: AuthorizeCallDto })
  @ApiOkResponse({ type: CallSimulationDto })
  simulateCall(@Req() request: FastifyRequest, @Context() context: RequestContext): Promise<CallSimulationView> {
    valueOrThrow(parseNoQuery(request.query));
    return this.service.simulate(context, valueOrThrow(parseCallRequest(request.body)));
  }
}
