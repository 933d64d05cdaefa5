import { ApiProperty } from '@nestjs/swagger';
import { agentKinds, type AgentKind, type UsageDailyView, type UsageSummaryView } from '#contracts';

class PhoneNumberCountsDto {
  @ApiProperty({ type: 'integer' })
  total!: number;

  @ApiProperty({ type: 'integer' })
  assigned!: number;

  @ApiProperty({ type: 'integer' })
  unassigned!: number;

  @ApiProperty({ type: 'integer', description: 'Numbers of the pool that no other organization has reserved.' })
  pool!: number;
}

class AgentCountsDto {
  @ApiProperty({ type: 'integer' })
  total!: number;

  @ApiProperty({ type: 'integer' })
  active!: number;
}

class AgentUsageDto {
  @ApiProperty({ format: 'uuid' })
  agentId!: string;

  @ApiProperty()
  agentName!: string;

  @ApiProperty({ enum: agentKinds })
  agentKind!: AgentKind;

  @ApiProperty({ type: 'integer' })
  callsMadeToday!: number;

  @ApiProperty({ type: 'integer' })
  dailyLimit!: number;

  @ApiProperty({ type: 'integer' })
  callsDenied!: number;
}

class RefusalCountDto {
  @ApiProperty({ example: 'daily_limit_reached' })
  reasonCode!: string;

  @ApiProperty({ type: 'integer' })
  count!: number;
}

export class UsageSummaryViewDto implements UsageSummaryView {
  @ApiProperty({ format: 'date' })
  localDate!: string;

  @ApiProperty({ example: 'America/New_York' })
  timeZone!: string;

  @ApiProperty({ format: 'date-time' })
  resetsAt!: string;

  @ApiProperty({ type: 'integer', description: 'All calls allowed today, those before a manual reset included.' })
  callsAllowed!: number;

  @ApiProperty({ type: 'integer' })
  callsDenied!: number;

  @ApiProperty({ type: 'integer', description: 'The sum of the daily limits of the live assignments.' })
  dailyCapacity!: number;

  @ApiProperty({ type: 'integer', description: 'What counts against the daily capacity.' })
  callsMadeToday!: number;

  @ApiProperty({ type: PhoneNumberCountsDto })
  phoneNumbers!: PhoneNumberCountsDto;

  @ApiProperty({ type: AgentCountsDto })
  agents!: AgentCountsDto;

  @ApiProperty({ type: [AgentUsageDto], description: 'The busiest first.' })
  perAgent!: AgentUsageDto[];

  @ApiProperty({ type: [RefusalCountDto], description: 'The most frequent first.' })
  refusals!: RefusalCountDto[];
}

class UsageDayDto {
  @ApiProperty({ format: 'date' })
  localDate!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Id of the agent or number, or the country.' })
  groupId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  groupLabel!: string | null;

  @ApiProperty({ type: 'integer' })
  callsAllowed!: number;

  @ApiProperty({ type: 'integer' })
  callsDenied!: number;
}

export class UsageDailyViewDto implements UsageDailyView {
  @ApiProperty({ format: 'date' })
  from!: string;

  @ApiProperty({ format: 'date' })
  to!: string;

  @ApiProperty({ type: String, enum: ['agent', 'number', 'country'], nullable: true })
  groupBy!: 'agent' | 'number' | 'country' | null;

  @ApiProperty({ type: [UsageDayDto] })
  rows!: UsageDayDto[];
}
