import { ApiProperty } from '@nestjs/swagger';
import {
  agentKinds,
  phoneNumberProviders,
  restrictedDestinationTypes,
  type AgentAssignmentView,
  type AgentKind,
  type AgentPhoneNumbersView,
  type PhoneNumberProvider,
} from '#contracts';

export class AgentAssignmentViewDto implements AgentAssignmentView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  agentId!: string;

  @ApiProperty()
  agentName!: string;

  @ApiProperty({ enum: agentKinds })
  agentKind!: AgentKind;

  @ApiProperty({ format: 'uuid' })
  phoneNumberId!: string;

  @ApiProperty({ example: '+12025550123' })
  phoneNumber!: string;

  @ApiProperty({ type: String, nullable: true, example: 'US' })
  countryCode!: string | null;

  @ApiProperty({ enum: phoneNumberProviders })
  provider!: PhoneNumberProvider;

  @ApiProperty({ type: String, nullable: true })
  label!: string | null;

  @ApiProperty({ type: 'integer' })
  dailyLimit!: number;

  @ApiProperty({ type: [String], nullable: true, description: 'null inherits the list of the organization.' })
  allowedCountries!: string[] | null;

  @ApiProperty({ type: [String], description: 'The list that the gate applies.' })
  effectiveCountries!: string[];

  @ApiProperty({ enum: restrictedDestinationTypes, isArray: true })
  allowedNumberTypes!: string[];

  @ApiProperty()
  paused!: boolean;

  @ApiProperty({ type: 'integer', description: 'Calls of the current usage day.' })
  callsMadeToday!: number;

  @ApiProperty({ format: 'date', description: 'The usage day that the counter was last set back for.' })
  lastResetDate!: string;

  @ApiProperty({ type: 'integer' })
  remaining!: number;

  @ApiProperty({ format: 'date-time', description: 'When the usage day ends.' })
  resetsAt!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

class AgentPhoneNumberDto {
  @ApiProperty({ format: 'uuid', description: 'Of the phone number.' })
  id!: string;

  @ApiProperty({ example: '+12025550123' })
  phoneNumber!: string;

  @ApiProperty({ enum: phoneNumberProviders })
  provider!: PhoneNumberProvider;

  @ApiProperty({ type: String, nullable: true, example: 'US' })
  countryCode!: string | null;

  @ApiProperty({ type: 'integer', description: '0 for a number that no agent may call from.' })
  dailyLimit!: number;

  @ApiProperty({ type: [String], nullable: true, description: 'null inherits the list of the organization.' })
  allowedCountries!: string[] | null;

  @ApiProperty({ type: 'integer' })
  callsMadeToday!: number;

  @ApiProperty({ type: 'integer' })
  remaining!: number;

  @ApiProperty({ format: 'date-time' })
  resetsAt!: string;
}

export class AgentPhoneNumbersViewDto implements AgentPhoneNumbersView {
  @ApiProperty({ type: [AgentPhoneNumberDto] })
  phoneNumbers!: AgentPhoneNumberDto[];
}
