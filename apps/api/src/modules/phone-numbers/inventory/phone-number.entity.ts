import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { PhoneNumberLifecycle, PhoneNumberProvider } from '#contracts';

@Entity('phone_numbers')
export class PhoneNumberEntity {
  @PrimaryColumn('uuid', { default: () => 'uuidv7()' })
  id!: string;

  @Column('uuid', { name: 'organization_id' })
  organizationId!: string;

  @Column('text')
  e164!: string;

  @Column('text', { name: 'country_code', nullable: true })
  countryCode!: string | null;

  @Column('text', { nullable: true })
  region!: string | null;

  @Column('text', { nullable: true })
  label!: string | null;

  @Column('text')
  provider!: PhoneNumberProvider;

  @Column('text')
  lifecycle!: PhoneNumberLifecycle;

  @Column('uuid', { name: 'inbound_agent_id', nullable: true })
  inboundAgentId!: string | null;

  @Column('uuid', { name: 'client_id', nullable: true })
  clientId!: string | null;

  @Column('jsonb', { name: 'claimed_from', nullable: true })
  claimedFrom!: object | null;

  @Column('numeric', { name: 'monthly_cost', precision: 12, scale: 4, nullable: true })
  monthlyCost!: string | null;

  @Column('text', { nullable: true })
  currency!: string | null;

  @Column('jsonb')
  capabilities!: { voice: boolean; sms: boolean };

  @Column('text', { array: true })
  tags!: string[];

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}
