import { ApiHideProperty, ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { roles, type Role } from '#contracts';

const isSent = (_user: unknown, value: unknown): boolean => value !== undefined;

/** What may be changed, and the rest of the record, for the console sends back all of it. */
export class UpdateUserDto {
  @ApiProperty({ enum: roles, required: false })
  @ValidateIf(isSent)
  @IsIn(roles)
  role?: Role;

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
  @IsString()
  @MaxLength(400)
  name?: string;

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
