import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { callDispositions, voidReasons, type CallDisposition, type VoidReason } from '#contracts';
import { CharactersBetween } from '../../../../platform/http/fields/characters-between.js';
import { CurrencyCode } from '../../../../platform/http/fields/code-fields.js';
import { DecimalText } from '../../../../platform/http/fields/dto-fields.js';

const WEEK_SECONDS = 604_800;

/** Without a cost there is nothing in that currency. */
function HasCost(): PropertyDecorator {
  return ValidateBy({
    name: 'hasCost',
    validator: {
      validate: (_value, args) => ((args?.object as CompleteCallDto).cost ?? null) !== null,
      defaultMessage: () => 'must come with a cost',
    },
  });
}

export class CompleteCallDto {
  @ApiProperty({ enum: callDispositions })
  @IsIn(callDispositions)
  disposition!: CallDisposition;

  @ApiProperty({ type: 'integer', required: false, nullable: true, minimum: 0, maximum: WEEK_SECONDS })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(WEEK_SECONDS)
  durationSeconds?: number | null;

  @ApiProperty({
    type: 'integer',
    required: false,
    nullable: true,
    minimum: 100,
    maximum: 699,
    example: 486,
    description: 'Final response of the call (RFC 3261).',
  })
  @IsOptional()
  @IsInt()
  @Min(100)
  @Max(699)
  sipCode?: number | null;

  @ApiProperty({
    type: String,
    required: false,
    nullable: true,
    maxLength: 255,
    description: 'What the dialer or the provider calls this call.',
  })
  @IsOptional()
  @IsString()
  @CharactersBetween(1, 255)
  externalCallId?: string | null;

  @ApiProperty({ type: String, required: false, nullable: true, example: '0.0135', description: 'Decimal, as text.' })
  @IsOptional()
  @DecimalText()
  @Matches(/^\d{1,8}(\.\d{1,4})?$/, { message: 'must be an amount such as 0.0135, with at most 4 decimals' })
  cost?: string | null;

  @ApiProperty({
    type: String,
    required: false,
    nullable: true,
    example: 'USD',
    description:
      'ISO 4217. A cost without one is in the currency of the price that it corrects, else in that of the organization.',
  })
  @ValidateIf((_body, value) => value !== undefined && value !== null)
  @HasCost()
  @CurrencyCode()
  currency?: string | null;
}

export class VoidCallDto {
  @ApiProperty({ enum: voidReasons })
  @IsIn(voidReasons)
  reason!: VoidReason;
}
