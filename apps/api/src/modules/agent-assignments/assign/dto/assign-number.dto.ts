import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsUUID, ValidateIf } from 'class-validator';
import type { RestrictedDestinationType } from '#contracts';
import { AssignmentRulesDto } from './assignment-rules.dto.js';

export class AssignNumberDto extends AssignmentRulesDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  agentId!: string;

  @ApiProperty({ required: false, default: false, description: 'Take the number from the agent that has it.' })
  @ValidateIf((_body, value) => value !== undefined)
  @IsBoolean()
  reassign?: boolean;

  /** Left out, countries are inherited and no restricted type is allowed. */
  toAssignment(phoneNumberId: string): {
    agentId: string;
    phoneNumberId: string;
    dailyLimit?: number;
    allowedCountries: string[] | null;
    allowedNumberTypes: RestrictedDestinationType[];
  } {
    return {
      agentId: this.agentId,
      phoneNumberId,
      dailyLimit: this.dailyLimit,
      allowedCountries: this.allowedCountries ?? null,
      allowedNumberTypes: this.allowedNumberTypes ?? [],
    };
  }
}

export class CreateAgentAssignmentDto extends AssignNumberDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  phoneNumberId!: string;
}
