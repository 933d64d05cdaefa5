import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsEmail,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { roles, type Role } from '#contracts';
import { CharactersBetween } from '../../../../platform/http/characters-between.js';
import { Trimmed } from '../../../../platform/http/dto-fields.js';

const isSent = (_user: unknown, value: unknown): boolean => value !== undefined;

export class AddUserDto {
  @ApiProperty({ example: 'manager@demo.test', maxLength: 254 })
  @Trimmed()
  @MaxLength(254)
  @IsEmail()
  email!: string;

  @ApiProperty({ enum: roles })
  @IsIn(roles)
  role!: Role;

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

  @ApiProperty({ required: false, minLength: 1, maxLength: 200, description: 'Needed unless the user exists already.' })
  @ValidateIf(isSent)
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  name?: string;

  @ApiProperty({
    required: false,
    minLength: 12,
    maxLength: 256,
    description: 'Needed unless the user exists already.',
  })
  @ValidateIf(isSent)
  @IsString()
  @Length(12, 256)
  password?: string;
}
