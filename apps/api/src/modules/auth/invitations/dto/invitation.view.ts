import { ApiProperty } from '@nestjs/swagger';
import {
  type InvitationPreviewView,
  type InvitationStatus,
  invitationStatuses,
  type InvitationView,
  type NewInvitationView,
  type Role,
  roles,
} from '#contracts';

export class InvitationDto implements InvitationView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'newcomer@demo.test' })
  email!: string;

  @ApiProperty({ enum: roles })
  role!: Role;

  @ApiProperty({
    type: [String],
    nullable: true,
    description: 'The clients that they will be limited to; null for no limit.',
  })
  clientIds!: string[] | null;

  @ApiProperty({ enum: invitationStatuses })
  status!: InvitationStatus;

  @ApiProperty({ format: 'date-time', description: 'Until when the link can be used.' })
  expiresAt!: string;

  @ApiProperty({
    format: 'uuid',
    description: 'The user who sent the link last. It can be used only while they may give the role.',
  })
  invitedBy!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null for somebody who is no member (any longer).' })
  invitedByName!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export class NewInvitationDto extends InvitationDto implements NewInvitationView {
  @ApiProperty({
    example: 'https://ringfence.example/#/invitation/…',
    description: 'Give it to the invited person. Absolute when PUBLIC_URL is set, else a path of this server.',
  })
  link!: string;
}

export class InvitationPreviewDto implements InvitationPreviewView {
  @ApiProperty({ example: 'Demo Contact Centre' })
  organizationName!: string;

  @ApiProperty({ example: 'newcomer@demo.test' })
  email!: string;

  @ApiProperty({ enum: roles })
  role!: Role;

  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;
}
