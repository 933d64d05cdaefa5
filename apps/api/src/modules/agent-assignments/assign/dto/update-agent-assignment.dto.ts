import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDateString,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { agentKinds, phoneNumberProviders, type AgentKind, type PhoneNumberProvider } from '#contracts';
import { AssignmentRulesDto } from './assignment-rules.dto.js';

/**
 * What may be changed, and the rest of the record, for the console sends back all of it. Who, which number and when must
 * be what they are. Figures, times of day and what others name are ignored: they change while a user has the record open.
 */
export class UpdateAgentAssignmentDto extends AssignmentRulesDto {
  @ApiProperty({ required: false })
  @ValidateIf((_body, value) => value !== undefined)
  @IsBoolean()
  paused?: boolean;

  @IsOptional()
  @IsUUID()
  id?: string;

  @IsOptional()
  @IsUUID()
  agentId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  agentName?: string;

  @IsOptional()
  @IsIn(agentKinds)
  agentKind?: AgentKind;

  @IsOptional()
  @IsUUID()
  phoneNumberId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(16)
  phoneNumber?: string;

  @IsOptional()
  @IsString()
  @MaxLength(2)
  countryCode?: string | null;

  @IsOptional()
  @IsIn(phoneNumberProviders)
  provider?: PhoneNumberProvider;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  label?: string | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(250)
  @IsString({ each: true })
  @MaxLength(2, { each: true })
  effectiveCountries?: string[];

  @IsOptional()
  @IsInt()
  callsMadeToday?: number;

  @IsOptional()
  @IsDateString()
  lastResetDate?: string;

  @IsOptional()
  @IsInt()
  remaining?: number;

  @IsOptional()
  @IsDateString()
  resetsAt?: string;

  @IsOptional()
  @IsDateString()
  createdAt?: string;

  @IsOptional()
  @IsDateString()
  updatedAt?: string;
}
