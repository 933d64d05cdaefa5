import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
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
  @Header('content-type', metricsRegistry.contentType)
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'Metrics in the text format of Prometheus',
    description:
      'With `METRICS_TOKEN` as Bearer token; where none is set, to the machine itself only. They are collected once a ' +
      'second at most: whoever asks sooner waits for the next time.',
  })
  @ApiProduces('text/plain')
  metrics(@Req() request: FastifyRequest): Promise<string> {
    demandMetricsAccess(request, this.env.METRICS_TOKEN);
    return this.page.text();
  }
}
