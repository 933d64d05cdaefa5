import { ApiProperty } from '@nestjs/swagger';
import {
  phoneNumberLifecycles,
  phoneNumberProviders,
  phoneNumberStatuses,
  type PhoneNumberLifecycle,
  type PhoneNumberProvider,
  type PhoneNumberStatus,
  type PhoneNumberView,
} from '#contracts';

class CapabilitiesView {
  @ApiProperty()
  voice!: boolean;

  @ApiProperty()
  sms!: boolean;
}

export class PhoneNumberViewDto implements PhoneNumberView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: '+12025550123', description: 'E.164.' })
  phoneNumber!: string;

  @ApiProperty({ type: String, nullable: true, example: 'US', description: 'Null for numbers of no country (+800).' })
  countryCode!: string | null;

  @ApiProperty({ type: String, nullable: true })
  region!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'FIXED_LINE_OR_MOBILE' })
  numberType!: string | null;

  @ApiProperty({ type: String, nullable: true })
  label!: string | null;

  @ApiProperty({ enum: phoneNumberProviders })
  provider!: PhoneNumberProvider;

  @ApiProperty({ enum: phoneNumberLifecycles })
  lifecycle!: PhoneNumberLifecycle;

  @ApiProperty({ enum: phoneNumberStatuses, description: 'Derived: available is in the pool.' })
  status!: PhoneNumberStatus;

  @ApiProperty()
  inPool!: boolean;

  @ApiProperty({ type: [String] })
  tags!: string[];

  @ApiProperty({ type: String, nullable: true, example: '1.15' })
  monthlyCost!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'USD' })
  currency!: string | null;

  @ApiProperty({ type: CapabilitiesView })
  capabilities!: CapabilitiesView;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The live assignment.' })
  assignmentId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The agent that calls from the number.' })
  agentId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  agentName!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The agent that answers inbound calls.' })
  inboundAgentId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  inboundAgentName!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  clientId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  clientName!: string | null;

  @ApiProperty({ description: 'Claimed from the pool: it is released there instead of deleted.' })
  fromPool!: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null once it has expired.' })
  reservedUntil!: string | null;

  @ApiProperty({ description: 'True while the own organization has reserved the number.' })
  reservedByUs!: boolean;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
