import { ApiProperty, PartialType, PickType } from '@nestjs/swagger';
import { IsBoolean, IsDateString, IsIn, IsOptional, IsString, IsUUID, MaxLength, ValidateIf } from 'class-validator';
import {
  phoneNumberLifecycles,
  phoneNumberStatuses,
  type PhoneNumberLifecycle,
  type PhoneNumberStatus,
} from '#contracts';
import { CreatePhoneNumberDto } from './create-phone-number.dto.js';

class EditableFields extends PickType(CreatePhoneNumberDto, [
  'provider',
  'label',
  'region',
  'tags',
  'monthlyCost',
  'currency',
  'capabilities',
  'clientId',
]) {}

/**
 * What may be changed, and the rest of the record, for the console sends back all of it. Status, names and `updatedAt`
 * are ignored, for they change while a user has the record open; the others must be what they are.
 */
export class UpdatePhoneNumberDto extends PartialType(EditableFields, { skipNullProperties: false }) {
  @ApiProperty({ enum: phoneNumberLifecycles, required: false, description: 'active or inactive' })
  @ValidateIf((_number, value) => value !== undefined)
  @IsIn(phoneNumberLifecycles)
  lifecycle?: PhoneNumberLifecycle;

  @IsOptional()
  @IsUUID()
  id?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  phoneNumber?: string;

  @IsOptional()
  @IsString()
  @MaxLength(2)
  countryCode?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(50)
  numberType?: string | null;

  @IsOptional()
  @IsIn(phoneNumberStatuses)
  status?: PhoneNumberStatus;

  @IsOptional()
  @IsBoolean()
  inPool?: boolean;

  @IsOptional()
  @IsUUID()
  assignmentId?: string | null;

  @IsOptional()
  @IsUUID()
  agentId?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  agentName?: string | null;

  @IsOptional()
  @IsUUID()
  inboundAgentId?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  inboundAgentName?: string | null;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  clientName?: string | null;

  @IsOptional()
  @IsBoolean()
  fromPool?: boolean;

  @IsOptional()
  @IsDateString()
  reservedUntil?: string | null;

  @IsOptional()
  @IsBoolean()
  reservedByUs?: boolean;

  @IsOptional()
  @IsDateString()
  createdAt?: string;

  @IsOptional()
  @IsDateString()
  updatedAt?: string;
}
