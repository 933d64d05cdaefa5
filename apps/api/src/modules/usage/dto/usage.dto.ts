import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID, ValidateBy, ValidateIf } from 'class-validator';

const groupings = ['agent', 'number', 'country'] as const;

const given = (_body: object, value: unknown): boolean => value !== undefined;

/** A day that the calendar has: 2026-02-30 is none. */
function IsDay(): PropertyDecorator {
  return ValidateBy({
    name: 'isDay',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' &&
        /^[12]\d{3}-\d{2}-\d{2}$/.test(value) &&
        new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) === true,
      defaultMessage: () => 'must be a date such as 2026-01-31',
    },
  });
}

export class DailyUsageQueryDto {
  @ApiProperty({ format: 'date', required: false, description: '14 days up to `to` when left out.' })
  @ValidateIf(given)
  @IsDay()
  from?: string;

  @ApiProperty({ format: 'date', required: false, description: 'Today when left out.' })
  @ValidateIf(given)
  @IsDay()
  to?: string;

  @ApiProperty({ enum: groupings, required: false })
  @ValidateIf(given)
  @IsIn(groupings)
  groupBy?: (typeof groupings)[number];
}

export class ResetUsageDto {
  @ApiProperty({ type: String, format: 'uuid', required: false, nullable: true, description: 'All agents without it.' })
  @IsOptional()
  @IsUUID()
  agentId?: string | null;
}

export class ResetUsageResultDto {
  @ApiProperty({ type: 'integer', description: 'Counters that held something.' })
  resetCount!: number;
}
