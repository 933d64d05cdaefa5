import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { restrictedDestinationTypes, type RestrictedDestinationType } from '#contracts';
import { isCountryCode } from '#phone';
import { Prepared } from '../../../../platform/http/fields/dto-fields.js';

const MAX_DAILY_LIMIT = 1_000_000;
const MAX_COUNTRIES = 250;

/** Upper case, each once: `["us","US"]` is `["US"]`. What is no text is left for the check to refuse. */
function countryCodes(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return [...new Set(value.map((code: unknown) => (typeof code === 'string' ? code.trim().toUpperCase() : code)))];
}

const isCode = (code: unknown): boolean => typeof code === 'string' && isCountryCode(code);

function AreCountryCodes(): PropertyDecorator {
  return ValidateBy({
    name: 'areCountryCodes',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && value.every(isCode),
      defaultMessage: (facts) => {
        const wrong = Array.isArray(facts?.value)
          ? (facts.value as unknown[]).find((code) => !isCode(code))
          : undefined;
        const shown = JSON.stringify(wrong ?? null).slice(0, 20);
        return `must be ISO 3166-1 alpha-2 codes such as US; ${shown} is none`;
      },
    },
  });
}

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
    description: 'ISO 3166-1 alpha-2. null inherits the list of the organization, [] allows none.',
  })
  @IsOptional()
  @Prepared(countryCodes)
  @IsArray()
  @ArrayMaxSize(MAX_COUNTRIES)
  @AreCountryCodes()
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
