import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { restrictedDestinationTypes, type RestrictedDestinationType } from '#contracts';
import { CountryCodes } from '../../../../platform/http/fields/code-fields.js';
import { Prepared } from '../../../../platform/http/fields/dto-fields.js';

const MAX_DAILY_LIMIT = 1_000_000;
const MAX_COUNTRIES = 250;

/** What bounds the calls of an assignment. */
export class AssignmentRulesDto {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: MAX_DAILY_LIMIT,
    required: false,
    description: 'Calls for each usage day. On assigning: the default of the organization when left out.',
  })
  @ValidateIf((_rules, value) => value !== undefined)
  @IsInt()
  @Min(0)
  @Max(MAX_DAILY_LIMIT)
  dailyLimit?: number;

  @ApiProperty({
    type: [String],
    nullable: true,
    required: false,
    maxItems: MAX_COUNTRIES,
    example: ['US', 'CA'],
    description:
      'ISO 3166-1 alpha-2; UK, EL and alpha-3 codes are taken, too. null inherits the list of the organization, [] allows none.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_COUNTRIES)
  @CountryCodes()
  allowedCountries?: string[] | null;

  @ApiProperty({
    enum: restrictedDestinationTypes,
    isArray: true,
    required: false,
    description: 'Types that are blocked unless they are named here.',
  })
  @ValidateIf((_rules, value) => value !== undefined)
  @Prepared((value: unknown) => (Array.isArray(value) ? [...new Set(value as unknown[])] : value))
  @IsArray()
  @ArrayMaxSize(restrictedDestinationTypes.length)
  @IsIn(restrictedDestinationTypes, { each: true })
  allowedNumberTypes?: RestrictedDestinationType[];
}
