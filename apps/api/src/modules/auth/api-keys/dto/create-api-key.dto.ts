import { ApiProperty } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsISO8601, IsOptional, IsString, Length } from 'class-validator';
import { apiKeyScopes, type ApiKeyScope } from '#contracts';
import { CharactersBetween } from '../../../../platform/http/fields/characters-between.js';
import { Trimmed } from '../../../../platform/http/fields/dto-fields.js';

export class CreateApiKeyDto {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'Dialer' })
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  name!: string;

  @ApiProperty({ enum: apiKeyScopes, isArray: true, minItems: 1, example: ['calls:authorize'] })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(apiKeyScopes, { each: true, message: `scopes must be out of ${apiKeyScopes.join(', ')}` })
  scopes!: ApiKeyScope[];

  @ApiProperty({ type: String, format: 'date-time', required: false, nullable: true, description: 'Null: never.' })
  @IsOptional()
  @Length(1, 40)
  @IsISO8601({ strict: true, strictSeparator: true })
  expiresAt?: string | null;
}
