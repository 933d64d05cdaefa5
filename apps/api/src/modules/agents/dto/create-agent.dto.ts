import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, ValidateIf } from 'class-validator';
import { agentKinds, agentStatuses, type AgentKind, type AgentStatus } from '#contracts';
import { CharactersBetween } from '../../../platform/http/fields/characters-between.js';
import { Trimmed } from '../../../platform/http/fields/dto-fields.js';
import { IsReadable } from '../../../platform/http/fields/readable-text.js';

export class CreateAgentDto {
  @ApiProperty({ minLength: 1, maxLength: 200, example: 'Alice' })
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  @IsReadable()
  name!: string;

  @ApiProperty({ enum: agentKinds })
  @IsIn(agentKinds)
  kind!: AgentKind;

  @ApiProperty({ enum: agentStatuses, required: false, default: 'active' })
  @ValidateIf((_agent, value) => value !== undefined)
  @IsIn(agentStatuses)
  status?: AgentStatus;

  @ApiProperty({ type: String, format: 'uuid', required: false, nullable: true, description: 'A member; human only.' })
  @IsOptional()
  @IsUUID()
  userId?: string | null;

  @ApiProperty({ type: String, required: false, nullable: true, minLength: 1, maxLength: 200 })
  @IsOptional()
  @Trimmed()
  @IsString()
  @CharactersBetween(1, 200)
  @IsReadable()
  externalId?: string | null;

  @ApiProperty({ type: String, format: 'uuid', required: false, nullable: true, description: 'Whose agent it is.' })
  @IsOptional()
  @IsUUID()
  clientId?: string | null;
}
