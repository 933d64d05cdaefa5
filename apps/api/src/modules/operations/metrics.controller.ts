import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/auth.public.js';
import { metricsRegistry } from '../../platform/metrics/metrics.js';

@ApiTags('Operations')
@Controller()
export class MetricsController {
  @Get('metrics')
  @Public()
  @Header('content-type', metricsRegistry.contentType)
  @ApiOperation({ summary: 'Metrics in the text format of Prometheus' })
  @ApiProduces('text/plain')
  metrics(): Promise<string> {
    return metricsRegistry.metrics();
  }
}
