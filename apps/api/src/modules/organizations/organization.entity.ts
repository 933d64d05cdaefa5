import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { NumbersPerAgent } from '#contracts';

@Entity('organizations')
export class OrganizationEntity {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' })
  id!: string;

  @Column('text')
  kind!: 'tenant' | 'platform';

  @Column('text')
  slug!: string;

  @Column('text')
  name!: string;

  @Column('text', { name: 'time_zone' })
  timeZone!: string;

  @Column('text', { name: 'previous_time_zone', nullable: true })
  previousTimeZone!: string | null;

  @Column('timestamptz', { name: 'time_zone_effective_at', nullable: true })
  timeZoneEffectiveAt!: Date | null;

  @Column('text')
  currency!: string;

  @Column('integer', { name: 'default_daily_limit' })
  defaultDailyLimit!: number;

  @Column('text', { name: 'default_allowed_countries', array: true })
  defaultAllowedCountries!: string[];

  @Column('text', { name: 'numbers_per_agent' })
  numbersPerAgent!: NumbersPerAgent;

  @Column('integer', { name: 'pool_quota', nullable: true })
  poolQuota!: number | null;

  @Column('timestamptz', { name: 'suspended_at', nullable: true })
  suspendedAt!: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}
