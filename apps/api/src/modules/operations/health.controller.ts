import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { Public } from '../auth/auth.public.js';
import { complaintOfOldPlans } from './numbering-plans-age.js';
import { Readiness } from './readiness.js';

const LIVE = { status: 'ok' } as const;
const READY = { status: 'ok', info: { database: { status: 'up' } } } as const;

interface ReadyView {
  status: 'ok';
  info: { database: { status: 'up' }; numberingPlans?: { status: 'old'; message: string } };
}

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
    description:
      'The answer holds for a second. A database that says nothing is reported after two. Numbering plans older than 180 days ' +
      'are named beside it, and calls are decided all the same.',
  })
  @ApiOkResponse({ schema: { example: READY } })
  async ready(): Promise<ReadyView> {
    const complaint = await this.readiness.complaint();
    if (complaint !== null)
      throw new ProblemError('service_unavailable', complaint, { headers: { 'retry-after': '5' } });
    const message = complaintOfOldPlans(new Date());
    if (message === null) return READY;
    return { status: 'ok', info: { ...READY.info, numberingPlans: { status: 'old', message } } };
  }
}
