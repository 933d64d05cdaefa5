import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  auditActions,
  auditActorKinds,
  type AuditActorKind,
  auditChainBreakKinds,
  type AuditChainBreak,
  type AuditChainView,
  type AuditEventView,
  type AuditFieldChange,
  eventSubjects,
} from '#contracts';

const ofAnyType: ApiPropertyOptions = {
  description: 'Of any type.',
  nullable: true,
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'array', items: {} },
    { type: 'object', additionalProperties: true },
  ],
};

class AuditFieldChangeDto implements AuditFieldChange {
  @ApiProperty({ example: 'dailyLimit' })
  field!: string;

  @ApiProperty({ ...ofAnyType, example: 100 })
  from!: unknown;

  @ApiProperty({ ...ofAnyType, example: 200 })
  to!: unknown;
}

export class AuditEventViewDto implements AuditEventView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  occurredAt!: string;

  @ApiProperty({ enum: auditActorKinds })
  actorKind!: AuditActorKind;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  actorId!: string | null;

  @ApiProperty({ description: 'The e-mail of the user or the name of the key, as it was then.' })
  actor!: string;

  @ApiProperty({
    enum: auditActions,
    example: 'agent_assignment.updated',
    description: 'What was done. docs/events.md tells what each means. Later versions may add some.',
  })
  action!: string;

  @ApiProperty({ enum: eventSubjects, example: 'agent_assignment' })
  recordType!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  recordId!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'What the record is called now.' })
  recordName!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description:
      'Where the record is found now: its own id, for an assignment that of its agent. Null when it is gone.',
  })
  recordPageId!: string | null;

  @ApiProperty({ type: [AuditFieldChangeDto] })
  changes!: AuditFieldChange[];

  @ApiProperty({ type: Object, description: 'What is no field of the record: a reason, an address, a count.' })
  facts!: Record<string, unknown>;

  @ApiProperty({ type: String, nullable: true, description: 'The X-Request-Id of the answer.' })
  requestId!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Its place in the chain; null for about a second.' })
  sequence!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'SHA-256 of the event and of the link before it.' })
  hash!: string | null;
}

class AuditChainBreakDto implements AuditChainBreak {
  @ApiProperty({ enum: auditChainBreakKinds })
  kind!: AuditChainBreak['kind'];

  @ApiProperty()
  sequence!: number;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  eventId!: string | null;

  @ApiProperty()
  detail!: string;
}

export class AuditChainViewDto implements AuditChainView {
  @ApiProperty({ format: 'uuid' })
  organizationId!: string;

  @ApiProperty()
  intact!: boolean;

  @ApiProperty({ description: 'The first event that was checked.' })
  checkedFrom!: number;

  @ApiProperty({ description: 'The last event that was found right.' })
  sequence!: number;

  @ApiProperty({ description: 'Its hash, in hexadecimal.' })
  hash!: string;

  @ApiProperty({ description: 'Events that wait for their link.' })
  unlinked!: number;

  @ApiProperty({ type: AuditChainBreakDto, nullable: true })
  broken!: AuditChainBreak | null;
}
