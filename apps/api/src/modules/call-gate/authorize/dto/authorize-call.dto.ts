import { ApiProperty } from '@nestjs/swagger';
import {
  type DestinationType,
  destinationTypes,
  type PhoneNumberProvider,
  phoneNumberProviders,
  reasonCodeList,
} from '#contracts';

/** Documents the request for OpenAPI; `parseCallRequest` checks it. */
export class AuthorizeCallDto {
  @ApiProperty({ format: 'uuid', required: false, description: 'Who calls. This or assignmentId is required.' })
  agentId?: string;

  @ApiProperty({ format: 'uuid', required: false, description: 'The assignment to call with.' })
  assignmentId?: string;

  @ApiProperty({ required: false, example: '+12025550123', description: 'Which of the agent’s numbers to call from.' })
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
