import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  ValidateIf,
} from 'class-validator';
import { phoneNumberProviders, type PhoneNumberProvider } from '#contracts';
import { CharactersBetween } from '../../../../platform/http/fields/characters-between.js';
import { CountryCode, CurrencyCode } from '../../../../platform/http/fields/code-fields.js';
import { DecimalText, Nested, Prepared, trimmed } from '../../../../platform/http/fields/dto-fields.js';
import { IsOneLine, IsReadable } from '../../../../platform/http/fields/readable-text.js';

const given = (_record: unknown, value: unknown): boolean => value !== undefined;
/** A form sends an empty text for a field that was cleared. */
const emptyAsNull = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() === '' ? null : trimmed(value);
const eachTrimmed = (value: unknown): unknown => (Array.isArray(value) ? value.map(trimmed) : value);

class CapabilitiesDto {
  @ApiProperty({ required: false })
  @ValidateIf(given)
  @IsBoolean()
  voice?: boolean;

  @ApiProperty({ required: false })
  @ValidateIf(given)
  @IsBoolean()
  sms?: boolean;
}

export class CreatePhoneNumberDto {
  @ApiProperty({
    minLength: 1,
    maxLength: 64,
    example: '+12025550123',
    description:
      'E.164, with the usual separators; with countryCode also as it is dialed in that country. Its digits are never changed: ' +
      'a decimal such as +49301234567.0, and a number that lacks or repeats a prefix, is refused.',
  })
  @IsString()
  @Length(1, 64)
  phoneNumber!: string;

  @ApiProperty({ enum: phoneNumberProviders })
  @IsIn(phoneNumberProviders)
  provider!: PhoneNumberProvider;

  @ApiProperty({
    type: String,
    required: false,
    nullable: true,
    example: 'US',
    description:
      'ISO 3166-1 alpha-2; UK, EL and alpha-3 codes are taken, too. Taken from the number when left out. A number with + must be ' +
      'one of this country; without + it is read as it is dialed there, and keeps its own country.',
  })
  @IsOptional()
  @CountryCode()
  countryCode?: string | null;

  @ApiProperty({ type: String, required: false, nullable: true, minLength: 1, maxLength: 200 })
  @IsOptional()
  @Prepared(emptyAsNull)
  @IsString()
  @CharactersBetween(0, 200)
  @IsReadable()
  label?: string | null;

  @ApiProperty({ type: String, required: false, nullable: true, minLength: 1, maxLength: 100 })
  @IsOptional()
  @Prepared(emptyAsNull)
  @IsString()
  @CharactersBetween(0, 100)
  @IsReadable()
  region?: string | null;

  @ApiProperty({ type: [String], required: false, maxItems: 20 })
  @ValidateIf(given)
  @Prepared(eachTrimmed)
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @CharactersBetween(1, 50, { each: true })
  @IsReadable({ each: true })
  @IsOneLine({ each: true })
  tags?: string[];

  @ApiProperty({ type: String, required: false, nullable: true, example: '1.15', description: 'Decimal, as text.' })
  @IsOptional()
  @DecimalText()
  @Matches(/^\d{1,8}(\.\d{1,4})?$/, { message: 'must be an amount such as 1.15, with at most 4 decimals' })
  monthlyCost?: string | null;

  @ApiProperty({
    type: String,
    required: false,
    nullable: true,
    example: 'USD',
    description: 'ISO 4217. A cost without one is in the currency of the organization.',
  })
  @IsOptional()
  @CurrencyCode()
  currency?: string | null;

  @ApiProperty({ type: CapabilitiesDto, required: false })
  @ValidateIf(given)
  @IsObject()
  @Nested(() => CapabilitiesDto)
  capabilities?: CapabilitiesDto;

  @ApiProperty({ type: String, format: 'uuid', required: false, nullable: true, description: 'Whose number it is.' })
  @IsOptional()
  @IsUUID()
  clientId?: string | null;
}
