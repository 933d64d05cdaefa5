import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, IsUUID } from 'class-validator';
import { roles, type Role } from '#contracts';
import { IsPlainEmail } from '../../email-address.js';

const trimmed = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.trim() : value);

export class InviteDto {
  @ApiProperty({ example: 'newcomer@demo.test', maxLength: 254 })
  @Transform(trimmed)
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
