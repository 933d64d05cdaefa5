import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, IsUUID } from 'class-validator';
import { roles, type Role } from '#contracts';
import { IsPlainEmail } from '../../email-address.js';
import { Trimmed } from '../../../../platform/http/fields/dto-fields.js';

export class InviteDto {
  @ApiProperty({ example: 'newcomer@demo.test', maxLength: 254 })
  @Trimmed()
  @IsPlainEmail()
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
}
