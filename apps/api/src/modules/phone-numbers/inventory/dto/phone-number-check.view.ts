import { ApiProperty } from '@nestjs/swagger';
import { phoneNumberStatuses, type PhoneNumberCheckView, type PhoneNumberStatus } from '#contracts';

export class PhoneNumberCheckViewDto implements PhoneNumberCheckView {
  @ApiProperty({ example: '+12025550123', description: 'E.164.' })
  phoneNumber!: string;

  @ApiProperty({ description: 'True when it is one of the own numbers or in the pool.' })
  known!: boolean;

  @ApiProperty({ enum: phoneNumberStatuses, nullable: true })
  status!: PhoneNumberStatus | null;

  @ApiProperty()
  assigned!: boolean;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  agentId!: string | null;
}
