import { ApiProperty } from '@nestjs/swagger';
import type { AgentUploadView } from '#contracts';

export class AgentUploadViewDto implements AgentUploadView {
  @ApiProperty({ type: 'integer' })
  created!: number;

  @ApiProperty({ type: 'integer' })
  updated!: number;

  @ApiProperty({ type: 'integer', description: 'Agents that are as the file says already.' })
  unchanged!: number;
}
