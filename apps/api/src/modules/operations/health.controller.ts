import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { ProblemError } from '../../platform/http/problem.error.js';
import { Public } from '../auth/auth.public.js';
import { DatabaseCheck } from './database-check.js';

const PROBE_TIMEOUT_MS = 3_000;

@ApiTags('Operations')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly database: DatabaseCheck,
  ) {}

  @Get('livez')
  @Public()
  @ApiOperation({ summary: 'The process answers' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Public()
  @ApiOperation({ summary: 'The database is reachable, migrated and safe to decide calls on' })
  async ready(): Promise<HealthCheckResult> {
    let complaint: string | null = 'The database does not answer in time.';
    const probe = async (): Promise<void> => {
      complaint = await this.database.complaint();
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
