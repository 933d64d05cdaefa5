import { ApiProperty, PickType } from '@nestjs/swagger';
import { IsString, Matches, ValidateBy, ValidateIf } from 'class-validator';
import { CharactersBetween } from '../../../platform/http/fields/characters-between.js';
import { Trimmed } from '../../../platform/http/fields/dto-fields.js';
import { isSent, timeZoneCheck } from './organization-fields.js';
import { UpdateOrganizationDto } from './update-organization.dto.js';

export class CreateOrganizationDto extends PickType(UpdateOrganizationDto, [
  'currency',
  'defaultDailyLimit',
  'defaultAllowedCountries',
  'numbersPerAgent',
  'poolQuota',
] as const) {
  @ApiProperty({ example: 'acme', description: 'Small letters, digits and hyphens; it cannot be changed later.' })
  @IsString()
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: 'slug must be 1 to 63 small letters, digits and hyphens' })
  slug!: string;

  @ApiProperty({ minLength: 1, maxLength: 200 })
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  name!: string;

  @ApiProperty({ required: false, default: 'UTC', example: 'America/New_York' })
  @ValidateIf(isSent)
  @ValidateBy(timeZoneCheck)
  timeZone?: string;
}
