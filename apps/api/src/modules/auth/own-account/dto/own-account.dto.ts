import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { PASSWORD_LENGTH } from '#contracts';
import { CharactersBetween } from '../../../../platform/http/fields/characters-between.js';
import { Trimmed } from '../../../../platform/http/fields/dto-fields.js';

export class OwnNameDto {
  @ApiProperty({ minLength: 1, maxLength: 200 })
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  name!: string;
}

export class ChangePasswordDto {
  @ApiProperty({ maxLength: PASSWORD_LENGTH.max })
  @IsString()
  @IsNotEmpty()
  @MaxLength(PASSWORD_LENGTH.max)
  currentPassword!: string;

  @ApiProperty({ minLength: PASSWORD_LENGTH.min, maxLength: PASSWORD_LENGTH.max, description: 'Not the e-mail.' })
  @IsString()
  @CharactersBetween(PASSWORD_LENGTH.min, PASSWORD_LENGTH.max)
  newPassword!: string;
}
