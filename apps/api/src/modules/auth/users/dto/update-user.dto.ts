import { ApiHideProperty, ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { roles, type Role } from '#contracts';
import { CharactersBetween } from '../../../../platform/http/characters-between.js';
import { Trimmed } from '../../../../platform/http/dto-fields.js';

const isSent = (_user: unknown, value: unknown): boolean => value !== undefined;

/** What may be changed, and the rest of the record, for the console sends back all of it. */
export class UpdateUserDto {
  @ApiProperty({ enum: roles, required: false })
  @ValidateIf(isSent)
  @IsIn(roles)
  role?: Role;

  @ApiProperty({ required: false, minLength: 1, maxLength: 200 })
  @ValidateIf(isSent)
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  name?: string;

  @ApiProperty({
    type: [String],
    required: false,
    nullable: true,
    description: 'Limits them to clients; null does not.',
  })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID('all', { each: true })
  clientIds?: string[] | null;

  @ApiHideProperty()
  @ValidateIf(isSent)
  @IsUUID()
  id?: string;

  @ApiHideProperty()
  @ValidateIf(isSent)
  @IsString()
  @MaxLength(254)
  email?: string;

  @ApiHideProperty()
  @ValidateIf(isSent)
  @IsBoolean()
  platformAdmin?: boolean;

  @ApiHideProperty()
  @ValidateIf(isSent)
  @IsBoolean()
  disabled?: boolean;

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
