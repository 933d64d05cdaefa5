import { ApiProperty } from '@nestjs/swagger';
import { agentKinds, agentStatuses, type AgentKind, type AgentStatus, type AgentView } from '#contracts';

export class AgentViewDto implements AgentView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Alice' })
  name!: string;

  @ApiProperty({ enum: agentKinds })
  kind!: AgentKind;

  @ApiProperty({ enum: agentStatuses })
  status!: AgentStatus;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The user that a human agent signs in as.',
  })
  userId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  userEmail!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'What another system calls the agent.' })
  externalId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  clientId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  clientName!: string | null;

  @ApiProperty({ type: 'integer', description: 'Live assignments.' })
  numbersAssigned!: number;

  @ApiProperty({ type: 'integer', description: 'Calls of the current usage day, over its live assignments.' })
  callsMadeToday!: number;

  @ApiProperty({ type: 'integer', description: 'The sum of the daily limits of its live assignments.' })
  dailyLimit!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
