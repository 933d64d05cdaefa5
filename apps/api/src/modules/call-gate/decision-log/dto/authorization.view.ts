import { ApiProperty } from '@nestjs/swagger';
import {
  authorizationStatuses,
  callDispositions,
  phoneNumberProviders,
  recordedVoidReasons,
  type AuthorizationStatus,
  type AuthorizationView,
  type CallDisposition,
  type PhoneNumberProvider,
  type RecordedVoidReason,
} from '#contracts';

class AuthorizationDestinationDto {
  @ApiProperty({ example: '+14165550123' })
  phoneNumber!: string;

  @ApiProperty({ type: String, nullable: true, example: 'CA' })
  countryCode!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'MOBILE',
    description: 'By the name that the type had at the decision: it is not renamed afterwards.',
  })
  type!: string | null;
}

export class AuthorizationViewDto implements AuthorizationView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['allowed', 'denied'] })
  decision!: 'allowed' | 'denied';

  @ApiProperty({
    example: 'daily_limit_reached',
    description: 'As the decision was made: a code that has left the list since stays in the record.',
  })
  reasonCode!: string;

  @ApiProperty({
    enum: authorizationStatuses,
    description: 'expired: the lease has run out and nobody has settled the call. It counts as used.',
  })
  status!: AuthorizationStatus;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  agentId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  assignmentId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  phoneNumberId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '+12025550123' })
  from!: string | null;

  @ApiProperty({ enum: phoneNumberProviders, nullable: true })
  provider!: PhoneNumberProvider | null;

  @ApiProperty({ type: AuthorizationDestinationDto })
  destination!: AuthorizationDestinationDto;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The daily limit at the decision.' })
  limit!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Calls of the day after the decision.' })
  used!: number | null;

  @ApiProperty({ format: 'date', description: 'The usage day that the call counts on.' })
  localDate!: string;

  @ApiProperty({ format: 'date-time' })
  decidedAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The end of the lease.' })
  expiresAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  settledAt!: string | null;

  @ApiProperty({ enum: callDispositions, nullable: true })
  disposition!: CallDisposition | null;

  @ApiProperty({ type: 'integer', nullable: true })
  durationSeconds!: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  sipCode!: number | null;

  @ApiProperty({ type: String, nullable: true })
  externalCallId!: string | null;

  @ApiProperty({
    enum: recordedVoidReasons,
    nullable: true,
    description: 'client_gone: the client hung up before the answer, and the API gave the call back itself.',
  })
  voidReason!: RecordedVoidReason | null;

  @ApiProperty({ type: String, nullable: true, example: '0.0135' })
  cost!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'USD' })
  currency!: string | null;

  @ApiProperty({
    type: 'integer',
    description: 'How often a later report changed the completed call. The record has the newest facts.',
  })
  correctionCount!: number;
}
