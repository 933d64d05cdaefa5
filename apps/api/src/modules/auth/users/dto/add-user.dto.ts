import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsEmail, IsIn, IsString, Length, MaxLength, ValidateIf } from 'class-validator';
import { roles, type Role } from '#contracts';

const trimmed = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.trim() : value);
const isSent = (_user: unknown, value: unknown): boolean => value !== undefined;

export class AddUserDto {
  @ApiProperty({ example: 'manager@demo.test', maxLength: 254 })
  @Transform(trimmed)
  @MaxLength(254)
  @IsEmail()
  email!: string;

  @ApiProperty({ enum: roles })
  @IsIn(roles)
  role!: Role;

  @ApiProperty({ required: false, minLength: 1, maxLength: 200, description: 'Needed unless the user exists already.' })
  @ValidateIf(isSent)
  @Transform(trimmed)
  @IsString()
  @Length(1, 200)
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
