import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { ProblemError } from '../../platform/http/problem.error.js';
import { Public } from '../auth/auth.public.js';
import { SchemaCheck } from './schema-check.js';

const PROBE_TIMEOUT_MS = 3_000;

@ApiTags('Operations')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly schema: SchemaCheck,
  ) {}

  @Get('livez')
  @Public()
  @ApiOperation({ summary: 'The process answers' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Public()
  @ApiOperation({ summary: 'The database is reachable and migrated' })
  async ready(): Promise<HealthCheckResult> {
    let complaint: string | null = 'The database does not answer in time.';
    const probe = async (): Promise<void> => {
      complaint = await this.schema.complaint();
      if (complaint !== null) throw new Error(complaint);
    };
    try {
      return await this.health.check([
        () => this.indicators.check('database').attempt(probe).withTimeout(PROBE_TIMEOUT_MS),
      ]);
    } catch {
      throw new ProblemError('service_unavailable', complaint, { headers: { 'retry-after': '5' } });
    }
  }
}
