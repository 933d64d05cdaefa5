import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The setting "one number for each agent" is copied to all live assignments of an organization. They are locked by agent
 * and number first, as the gate does: in the order of an index of the planner's choice, a batch of calls and the change
 * could each wait for what the other holds.
 */
export class LockInTheGatesOrder1796000001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      copyNumbersPerAgent(`
    perform from agent_phone_numbers a
    where a.organization_id = new.id and a.ended_at is null
    order by a.agent_id, a.phone_number_id for no key update;`),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(copyNumbersPerAgent(''));
  }
}

const copyNumbersPerAgent = (lock: string): string => `
  create or replace function copy_numbers_per_agent() returns trigger language plpgsql as $$
  begin${lock}
    update agent_phone_numbers a set sole = new.numbers_per_agent = 'one'
    where a.organization_id = new.id and a.ended_at is null;
    update phone_numbers n set sole_connection = new.numbers_per_agent = 'one'
    where n.organization_id = new.id and n.inbound_agent_id is not null;
    return null;
  end
  $$`;
