import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { Public } from '../auth/auth.public.js';
import { Readiness } from './readiness.js';

const LIVE = { status: 'ok' } as const;
const READY = { status: 'ok', info: { database: { status: 'up' } } } as const;

@ApiTags('Operations')
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('livez')
  @Public()
  @ApiOperation({ operationId: 'getLiveness', summary: 'The process answers' })
  live(): typeof LIVE {
    return LIVE;
  }

  @Get('readyz')
  @Public()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'The database is reachable, migrated and safe to decide calls on',
    description: 'The answer holds for a second. A database that says nothing is reported after two.',
  })
  @ApiOkResponse({ schema: { example: READY } })
  async ready(): Promise<typeof READY> {
    const complaint = await this.readiness.complaint();
    if (complaint !== null)
      throw new ProblemError('service_unavailable', complaint, { headers: { 'retry-after': '5' } });
    return READY;
  }
}
