import { ApiProperty } from '@nestjs/swagger';
import { numbersPerAgent, type NumbersPerAgent, type OrganizationView } from '#contracts';

export class OrganizationViewDto implements OrganizationView {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ['tenant', 'platform'], description: 'The platform organization owns the pool.' })
  kind!: 'tenant' | 'platform';

  @ApiProperty({ example: 'acme' })
  slug!: string;

  @ApiProperty()
  name!: string;

  @ApiProperty({ example: 'America/New_York', description: 'The zone that was chosen last.' })
  timeZone!: string;

  @ApiProperty({ type: String, nullable: true, description: 'The zone that counts until timeZoneEffectiveAt.' })
  previousTimeZone!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  timeZoneEffectiveAt!: string | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty({ type: 'integer', description: 'Daily limit of an assignment that names none.' })
  defaultDailyLimit!: number;

  @ApiProperty({ type: [String], description: 'Countries of assignments that have no list of their own.' })
  defaultAllowedCountries!: string[];

  @ApiProperty({ enum: numbersPerAgent, description: 'How many numbers an agent may have, outbound and inbound each.' })
  numbersPerAgent!: NumbersPerAgent;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 100,
    description:
      'How many numbers of the pool it may hold, claimed or reserved. null for the platform organization, which owns the pool.',
  })
  poolQuota!: number | null;

  @ApiProperty({ description: 'The call gate refuses every call of a suspended organization.' })
  suspended!: boolean;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}
