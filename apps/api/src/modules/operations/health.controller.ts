import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { Public } from '../auth/auth.public.js';
import { complaintOfOldPlans } from './numbering-plans-age.js';
import { Readiness } from './readiness.js';

const LIVE = { status: 'ok' } as const;
const UP = { status: 'up' } as const;
const READY = { status: 'ok', info: { database: UP, ledger: UP } } as const;

interface Ready {
  status: 'ok';
  info: {
    database: typeof UP;
    ledger: typeof UP | { status: 'degraded'; message: string };
    numberingPlans?: { status: 'old'; message: string };
  };
}

const is = (value: string) => ({ type: 'string' as const, const: value });
const text = { type: 'string' as const };
const objectOf = (properties: Record<string, object>, optional: string[] = []) => ({
  type: 'object' as const,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

const readySchema = objectOf({
  status: is('ok'),
  info: objectOf(
    {
      database: objectOf({ status: is('up') }),
      ledger: { oneOf: [objectOf({ status: is('up') }), objectOf({ status: is('degraded'), message: text })] },
      numberingPlans: objectOf({ status: is('old'), message: text }),
    },
    ['numberingPlans'],
  ),
});

@ApiTags('Operations')
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('livez')
  @Public()
  @ApiOperation({
    summary: 'The process answers',
    description: 'Says nothing about the database: a process that waits for it is alive.',
  })
  @ApiOkResponse({ schema: objectOf({ status: is('ok') }), example: LIVE })
  getLiveness(): typeof LIVE {
    return LIVE;
  }

  @Get('readyz')
  @Public()
  @ApiOperation({
    summary: 'The database is reachable, migrated and safe to decide calls on',
    description:
      'The answer holds for a second. A database that says nothing is reported after two. `info.ledger` is `degraded` when the ' +
      'ledger lacks a day or holds calls outside of its days, and `info.numberingPlans` is `old` after 180 days: calls are ' +
      'decided all the same, so the answer stays 200.',
  })
  @ApiOkResponse({ schema: readySchema, example: READY })
  async getReadiness(): Promise<Ready> {
    const complaint = await this.readiness.complaint();
    if (complaint !== null)
      throw new ProblemError('service_unavailable', complaint, { headers: { 'retry-after': '5' } });
    const { notice } = this.readiness;
    const oldPlans = complaintOfOldPlans(new Date());
    return {
      status: 'ok',
      info: {
        database: UP,
        ledger: notice === null ? UP : { status: 'degraded', message: notice },
        ...(oldPlans !== null && { numberingPlans: { status: 'old', message: oldPlans } }),
      },
    };
  }
}
