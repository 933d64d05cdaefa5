import { ApiHideProperty, ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { numbersPerAgent, type NumbersPerAgent } from '#contracts';
import { CharactersBetween } from '../../../platform/http/fields/characters-between.js';
import { CountryCodes, CurrencyCode } from '../../../platform/http/fields/code-fields.js';
import { Trimmed } from '../../../platform/http/fields/dto-fields.js';
import { isSent, timeZoneCheck } from './organization-fields.js';

const MAX_POOL_QUOTA = 1_000_000;

/** What may be changed, and the rest of the record, for the console sends back all of it. */
export class UpdateOrganizationDto {
  @ApiProperty({ required: false, minLength: 1, maxLength: 200 })
  @ValidateIf(isSent)
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  name?: string;

  @ApiProperty({ required: false, example: 'America/New_York', description: 'Counts from the next midnight on.' })
  @ValidateIf(isSent)
  @ValidateBy(timeZoneCheck)
  timeZone?: string;

  @ApiProperty({ required: false, example: 'USD', description: 'ISO 4217, a currency of today.' })
  @ValidateIf(isSent)
  @CurrencyCode()
  currency?: string;

  @ApiProperty({ required: false, type: 'integer', minimum: 0, maximum: 1_000_000 })
  @ValidateIf(isSent)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  defaultDailyLimit?: number;

  @ApiProperty({
    required: false,
    type: [String],
    example: ['US', 'CA'],
    description: 'ISO 3166-1 alpha-2; UK, EL and alpha-3 codes are taken, too.',
  })
  @ValidateIf(isSent)
  @IsArray()
  @ArrayMaxSize(300)
  @CountryCodes()
  defaultAllowedCountries?: string[];

  @ApiProperty({ required: false, enum: numbersPerAgent, description: 'How many numbers an agent may have.' })
  @ValidateIf(isSent)
  @IsIn(numbersPerAgent)
  numbersPerAgent?: NumbersPerAgent;

  @ApiProperty({
    required: false,
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: MAX_POOL_QUOTA,
    description:
      'How many numbers of the pool it may hold, claimed or reserved. Only platform administrators change it; what is held already stays.',
  })
  @ValidateIf((_record, value) => value !== undefined && value !== null)
  @IsInt()
  @Min(0)
  @Max(MAX_POOL_QUOTA)
  poolQuota?: number | null;

  @ApiProperty({ required: false, description: 'Only platform administrators change it.' })
  @ValidateIf(isSent)
  @IsBoolean()
  suspended?: boolean;

  @ApiHideProperty()
  @ValidateIf(isSent)
  @IsUUID()
  id?: string;

  @ApiHideProperty()
  @ValidateIf(isSent)
  @IsString()
  @MaxLength(20)
  kind?: string;

  @ApiHideProperty()
  @ValidateIf(isSent)
  @IsString()
  @MaxLength(63)
  slug?: string;

  @ApiHideProperty()
  @ValidateIf((_record, value) => value !== undefined && value !== null)
  @IsString()
  @MaxLength(64)
  previousTimeZone?: string | null;

  @ApiHideProperty()
  @ValidateIf((_record, value) => value !== undefined && value !== null)
  @IsString()
  @MaxLength(40)
  timeZoneEffectiveAt?: string | null;

  @ApiHideProperty()
  @ValidateIf(isSent)
  @IsString()
  @MaxLength(40)
  createdAt?: string;

  @ApiHideProperty()
  @ValidateIf(isSent)
  @IsString()
  @MaxLength(40)
  updatedAt?: string;
}
