import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiProblems } from '../../platform/http/problems/problem.schema.js';
import { ENV, type Env } from '../../config/env.js';
import { MetricsPage } from '../../platform/metrics/metrics-page.js';
import { metricsRegistry } from '../../platform/metrics/metrics.js';
import { Public } from '../auth/auth.public.js';
import { demandMetricsAccess } from './metrics-access.js';

@ApiTags('Operations')
@Controller()
export class MetricsController {
  private readonly page = new MetricsPage(metricsRegistry);

  constructor(@Inject(ENV) private readonly env: Env) {}

  @Get('metrics')
  @Public()
  @ApiSecurity('metricsToken')
  @Header('content-type', metricsRegistry.contentType)
  @ApiOperation({
    summary: 'Metrics in the text format of Prometheus',
    description:
      'With `METRICS_TOKEN` as Bearer token; where none is set, to the machine itself only. They are collected once a ' +
      'second at most: whoever asks sooner waits for the next time.',
  })
  @ApiProduces('text/plain')
  @ApiProblems('authentication_required', 'permission_denied')
  getMetrics(@Req() request: FastifyRequest): Promise<string> {
    demandMetricsAccess(request, this.env.METRICS_TOKEN);
    return this.page.text();
  }
}
