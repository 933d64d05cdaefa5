import { ApiProperty, PartialType } from '@nestjs/swagger';
import { IsDateString, IsInt, IsOptional, IsString, IsUUID } from 'class-validator';
import type { ClientView } from '#contracts';
import { CharactersBetween } from '../../../platform/http/fields/characters-between.js';
import { Trimmed } from '../../../platform/http/fields/dto-fields.js';
import { IsReadable } from '../../../platform/http/fields/readable-text.js';

export class CreateClientDto {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'Globex' })
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  @IsReadable()
  name!: string;
}

/** What may be changed, and the rest of the record, for the console sends back all of it. Figures are ignored. */
export class UpdateClientDto extends PartialType(CreateClientDto, { skipNullProperties: false }) {
  @IsOptional()
  @IsUUID()
  id?: string;

  @IsOptional()
  @IsInt()
  numbers?: number;

  @IsOptional()
  @IsInt()
  agents?: number;

  @IsOptional()
  @IsDateString()
  createdAt?: string;

  @IsOptional()
  @IsDateString()
  updatedAt?: string;
}

export class ClientViewDto implements ClientView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ type: 'integer' })
  numbers!: number;

  @ApiProperty({ type: 'integer' })
  agents!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
