import { ApiProperty } from '@nestjs/swagger';
import {
  type DestinationType,
  destinationTypes,
  type PhoneNumberProvider,
  phoneNumberProviders,
  reasonCodeList,
  type VoicePlatform,
  voicePlatforms,
} from '#contracts';
import { MAX_EXTERNAL_ID_LENGTH } from '../../policy/call-request.js';

/** Documents the request for OpenAPI; `parseCallRequest` checks it. */
export class AuthorizeCallDto {
  @ApiProperty({
    format: 'uuid',
    required: false,
    description: 'Who calls. This, agentExternalId or assignmentId is required.',
  })
  agentId?: string;

  @ApiProperty({
    required: false,
    minLength: 1,
    maxLength: MAX_EXTERNAL_ID_LENGTH,
    example: 'crm-4711',
    description: 'Who calls, by the external id of the agent, which is unique in the organization. Instead of agentId.',
  })
  agentExternalId?: string;

  @ApiProperty({ format: 'uuid', required: false, description: 'The assignment to call with.' })
  assignmentId?: string;

  @ApiProperty({
    required: false,
    maxLength: 64,
    example: '+12025550123',
    description:
      'Which of the agent’s numbers to call from: its digits with + and country code, with separators or without, or as a ' +
      '`tel:` address.',
  })
  from?: string;

  @ApiProperty({
    example: '+14165550123',
    maxLength: 64,
    description: 'E.164. Its country decides, none that is sent.',
  })
  destination!: string;
}

export class CallerIdDto {
  @ApiProperty({ format: 'uuid' })
  phoneNumberId!: string;

  @ApiProperty({ example: '+12025550123' })
  phoneNumber!: string;

  @ApiProperty({ enum: phoneNumberProviders })
  provider!: PhoneNumberProvider;

  @ApiProperty({
    enum: voicePlatforms,
    nullable: true,
    description: 'The voice platform at which the number has a counterpart, to place the call from.',
  })
  platform!: VoicePlatform | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'ST_9sXk2mQpWvRd',
    description: 'The id of that counterpart: of the phone number at Vapi, of the outbound trunk at LiveKit.',
  })
  platformNumberId!: string | null;
}

export class DestinationDto {
  @ApiProperty({ example: '+14165550123' })
  phoneNumber!: string;

  @ApiProperty({ type: String, nullable: true, example: 'CA' })
  countryCode!: string | null;

  @ApiProperty({ enum: destinationTypes, nullable: true })
  type!: DestinationType | null;
}

/** The answer. Everything but `allowed: true` means: do not dial. */
export class CallDecisionDto {
  @ApiProperty()
  allowed!: boolean;

  @ApiProperty({ format: 'uuid' })
  authorizationId!: string;

  @ApiProperty({ enum: reasonCodeList })
  reasonCode!: string;

  @ApiProperty()
  message!: string;

  @ApiProperty({ type: CallerIdDto, nullable: true })
  from!: CallerIdDto | null;

  @ApiProperty({ type: DestinationDto })
  destination!: DestinationDto;

  @ApiProperty({ type: Number, nullable: true })
  limit!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  used!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  remaining!: number | null;

  @ApiProperty({ format: 'date-time' })
  resetsAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt!: string | null;
}
