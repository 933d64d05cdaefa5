import { PartialType } from '@nestjs/swagger';
import { IsDateString, IsInt, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { CreateAgentDto } from './create-agent.dto.js';

/**
 * What may be changed, and the rest of the record, for the console sends back all of it. `id` and `createdAt` must be
 * what they are. Figures and `updatedAt` are ignored: they change while a user has the record open.
 */
export class UpdateAgentDto extends PartialType(CreateAgentDto, { skipNullProperties: false }) {
  @IsOptional()
  @IsUUID()
  id?: string;

  @IsOptional()
  @IsString()
  @MaxLength(254)
  userEmail?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  clientName?: string | null;

  @IsOptional()
  @IsInt()
  numbersAssigned?: number;

  @IsOptional()
  @IsInt()
  callsMadeToday?: number;

  @IsOptional()
  @IsInt()
  dailyLimit?: number;

  @IsOptional()
  @IsDateString()
  createdAt?: string;

  @IsOptional()
  @IsDateString()
  updatedAt?: string;
}
