import { ApiHideProperty, ApiProperty } from '@nestjs/swagger';
import { Allow, IsString, ValidateIf } from 'class-validator';
import { CharactersBetween } from '../../../../platform/http/fields/characters-between.js';
import { Trimmed } from '../../../../platform/http/fields/dto-fields.js';

/** The new name, and the rest of the record, for the console sends back all of it. */
export class RenameApiKeyDto {
  @ApiProperty({ minLength: 1, maxLength: 200, required: false })
  @ValidateIf((_key, value) => value !== undefined)
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  name?: string;

  @ApiHideProperty()
  @Allow()
  id?: unknown;

  @ApiHideProperty()
  @Allow()
  prefix?: unknown;

  @ApiHideProperty()
  @Allow()
  scopes?: unknown;

  @ApiHideProperty()
  @Allow()
  status?: unknown;

  @ApiHideProperty()
  @Allow()
  createdBy?: unknown;

  @ApiHideProperty()
  @Allow()
  createdByName?: unknown;

  @ApiHideProperty()
  @Allow()
  expiresAt?: unknown;

  @ApiHideProperty()
  @Allow()
  revokedAt?: unknown;

  @ApiHideProperty()
  @Allow()
  lastUsedAt?: unknown;

  @ApiHideProperty()
  @Allow()
  createdAt?: unknown;
}
