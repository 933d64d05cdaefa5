import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { PASSWORD_LENGTH } from '#contracts';
import { CharactersBetween } from '../../../../platform/http/fields/characters-between.js';
import { Trimmed } from '../../../../platform/http/fields/dto-fields.js';

const isSent = (_user: unknown, value: unknown): boolean => value !== undefined;

export class InvitationTokenDto {
  @ApiProperty({ description: 'What follows `/#/invitation/` in the link.', maxLength: 200 })
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  token!: string;
}

export class AcceptInvitationDto extends InvitationTokenDto {
  @ApiProperty({
    required: false,
    minLength: 1,
    maxLength: 200,
    description: 'Needed by who has no account yet. An account keeps the name that it has.',
  })
  @ValidateIf(isSent)
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  name?: string;

  @ApiProperty({
    required: false,
    maxLength: PASSWORD_LENGTH.max,
    description:
      `The password of the account, or, without one, a new one of at least ${PASSWORD_LENGTH.min} characters. ` +
      'Leave it out with an access token.',
  })
  @ValidateIf(isSent)
  @IsString()
  @IsNotEmpty()
  @MaxLength(PASSWORD_LENGTH.max)
  password?: string;
}
