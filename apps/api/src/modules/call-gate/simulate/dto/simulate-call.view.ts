import { ApiProperty } from '@nestjs/swagger';
import {
  type CallCandidateView,
  type CallCheck,
  callCheckList,
  type CallCheckResult,
  callCheckResults,
  type CallRule,
  type CallSimulationView,
  type ReasonCode,
  reasonCodeList,
  type RuleSource,
  ruleSourceList,
} from '#contracts';
import { CallerIdDto, DestinationDto } from '../../authorize/dto/authorize-call.dto.js';

class CallRuleDto implements CallRule {
  @ApiProperty({ enum: ruleSourceList, description: 'Where the rule stands, and so where it is changed.' })
  source!: RuleSource;

  @ApiProperty({ example: 'allowedCountries', description: 'The field of the source, as the API calls it.' })
  field!: string;

  @ApiProperty({
    nullable: true,
    oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'boolean' }, { type: 'array', items: { type: 'string' } }],
    example: ['US', 'CA'],
  })
  value!: CallRule['value'];

  @ApiProperty({ description: 'The same in words.' })
  description!: string;
}

class CallCheckDto {
  @ApiProperty({ enum: callCheckList })
  check!: CallCheck;

  @ApiProperty({ enum: callCheckResults, description: 'skipped: the check says nothing about this call.' })
  result!: CallCheckResult;

  @ApiProperty({ enum: reasonCodeList, nullable: true, description: 'Why it failed.' })
  reasonCode!: ReasonCode | null;

  @ApiProperty({ type: CallRuleDto })
  rule!: CallRule;
}

class DayOfLimitDto {
  @ApiProperty({ format: 'date' })
  localDate!: string;

  @ApiProperty({ type: CallRuleDto, description: 'The time zone that says when the day ends.' })
  rule!: CallRule;
}

class CallCandidateDto implements CallCandidateView {
  @ApiProperty({ format: 'uuid' })
  assignmentId!: string;

  @ApiProperty({ format: 'uuid' })
  agentId!: string;

  @ApiProperty({ type: CallerIdDto })
  from!: CallerIdDto;

  @ApiProperty({ type: 'integer' })
  limit!: number;

  @ApiProperty({ type: 'integer', description: 'Before this call.' })
  used!: number;

  @ApiProperty({ format: 'date-time' })
  resetsAt!: string;

  @ApiProperty({ type: DayOfLimitDto })
  usageDay!: DayOfLimitDto;

  @ApiProperty({ enum: reasonCodeList, description: 'The answer if there were this assignment only.' })
  reasonCode!: ReasonCode;

  @ApiProperty({ type: [CallCheckDto], description: 'In the order in which the first refusal wins.' })
  checks!: CallCheckDto[];
}

export class CallSimulationDto implements CallSimulationView {
  @ApiProperty()
  allowed!: boolean;

  @ApiProperty({ enum: reasonCodeList })
  reasonCode!: ReasonCode;

  @ApiProperty()
  message!: string;

  @ApiProperty({ type: CallerIdDto, nullable: true })
  from!: CallerIdDto | null;

  @ApiProperty({ type: DestinationDto })
  destination!: DestinationDto;

  @ApiProperty({ type: 'integer', nullable: true })
  limit!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'As authorize would answer it: with this call.' })
  used!: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  remaining!: number | null;

  @ApiProperty({ format: 'date-time' })
  resetsAt!: string;

  @ApiProperty({
    type: [CallCandidateDto],
    description: 'In order of preference: the first is the one that authorize would use, or whose refusal it answers.',
  })
  candidates!: CallCandidateDto[];
}
