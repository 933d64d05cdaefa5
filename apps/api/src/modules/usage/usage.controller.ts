import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { UsageDailyView, UsageSummaryView } from '#contracts';
import { Context, RequirePermission } from '../auth/auth.public.js';
import type { RequestContext } from '../tenancy/tenancy.public.js';
import { DailyUsageQueryDto, ResetUsageDto, ResetUsageResultDto } from './dto/usage.dto.js';
import { UsageDailyViewDto, UsageSummaryViewDto } from './dto/usage.view.js';
import { UsageService } from './usage.service.js';

@ApiTags('Usage')
@Controller('usage')
export class UsageController {
  constructor(private readonly service: UsageService) {}

  @Get('summary')
  @RequirePermission('usage:read')
  @ApiOperation({
    summary: 'The usage day so far, in the time zone of the organization',
  })
  @ApiOkResponse({ type: UsageSummaryViewDto })
  getUsageSummary(@Context() context: RequestContext): Promise<UsageSummaryView> {
    return this.service.summary(context);
  }

  @Get('daily')
  @RequirePermission('usage:read')
  @ApiOperation({
    summary: 'Usage by day',
    description:
      'The last 14 days without from and to; at most 366 days, 31 by country. Days without calls are left out.',
  })
  @ApiOkResponse({ type: UsageDailyViewDto })
  getDailyUsage(@Context() context: RequestContext, @Query() query: DailyUsageQueryDto): Promise<UsageDailyView> {
    return this.service.daily(context, { from: query.from, to: query.to, groupBy: query.groupBy ?? null });
  }

  @Post('reset')
  @HttpCode(200)
  @RequirePermission('usage:reset')
  @ApiOperation({
    summary: "Set today's counters back to 0",
    description: 'What they held stays in the usage of the day. Agents may call their full daily limit again.',
  })
  @ApiOkResponse({ type: ResetUsageResultDto })
  resetUsage(@Context() context: RequestContext, @Body() body: ResetUsageDto): Promise<{ resetCount: number }> {
    return this.service.reset(context, body.agentId ?? null);
  }
}
