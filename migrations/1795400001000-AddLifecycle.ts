import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a number's life needs beyond its owner: who reserved it, what it was in the pool before it was claimed, and the
 * setting that gives an agent one number only. Clients bound what a member sees, and an organization can be deleted.
 */
export class AddLifecycle1795400001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table organizations
        add column numbers_per_agent text not null default 'many' check (numbers_per_agent in ('one', 'many')),
        add column deleted_at timestamptz;

      alter table memberships add column client_ids uuid[];
      comment on column memberships.client_ids is 'The clients that the member is limited to; NULL for all of them.';

      alter table phone_numbers
        add column reserved_by uuid references organizations,
        add column claimed_from jsonb,
        add column sole_connection boolean not null default false,
        add constraint reservation_is_whole check (reserved_by is null or reserved_until is not null);
      comment on column phone_numbers.claimed_from is
        'What a claimed number was in the pool, so that it goes back as it came. NULL for numbers that were never there.';

      create index phone_numbers_inbound on phone_numbers (organization_id, inbound_agent_id)
        where inbound_agent_id is not null;
      create index phone_numbers_client on phone_numbers (organization_id, client_id) where client_id is not null;
      create index agents_client on agents (organization_id, client_id) where client_id is not null;
      create index phone_numbers_reserved_by on phone_numbers (reserved_by) where reserved_by is not null;

      alter table agent_phone_numbers add column sole boolean not null default false;
    `);
    await queryRunner.query(SOLE_NUMBERS);
    // The system tells whoever loses a race for a number that it was claimed, and changes the setting of any organization.
    await queryRunner.query(`
      create policy every_organization on phone_numbers for all to ringfence_system using (true) with check (true);
      grant select (organization_id, id, e164, claimed_from, lifecycle, inbound_agent_id), update (sole_connection)
        on phone_numbers to ringfence_system;
      create policy every_organization on agents for select to ringfence_system using (true);
      grant select (organization_id, id, name) on agents to ringfence_system;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      drop policy every_organization on phone_numbers;
      drop policy every_organization on agents;
      revoke all on phone_numbers, agents from ringfence_system;
      drop trigger sole_numbers on organizations;
      drop trigger sole_number on agent_phone_numbers;
      drop trigger sole_connection on phone_numbers;
      drop function copy_numbers_per_agent();
      drop function mark_sole_number();
      drop function mark_sole_connection();
      alter table agent_phone_numbers drop column sole;
      drop index phone_numbers_inbound, phone_numbers_client, agents_client, phone_numbers_reserved_by;
      alter table phone_numbers
        drop constraint reservation_is_whole, drop column reserved_by, drop column claimed_from, drop column sole_connection;
      alter table memberships drop column client_ids;
      alter table organizations drop column numbers_per_agent, drop column deleted_at;
    `);
  }
}

/**
 * One agent, one number. A unique index cannot ask another table, so each row carries a copy of the setting while it
 * counts. Whoever writes such a row holds the organization for share, and a change of the setting waits for that: either
 * the change finds the row or the row finds the change.
 */
const SOLE_NUMBERS = `
  create unique index one_number_per_agent on agent_phone_numbers (organization_id, agent_id)
    where ended_at is null and sole;
  create unique index one_connection_per_agent on phone_numbers (organization_id, inbound_agent_id)
    where inbound_agent_id is not null and sole_connection;
  comment on column agent_phone_numbers.sole is
    'Whether the organization gives an agent one number only. A copy that triggers keep while the assignment is live.';

  create function mark_sole_number() returns trigger language plpgsql as $$
  begin
    select o.numbers_per_agent = 'one' into new.sole from organizations o where o.id = new.organization_id for share;
    new.sole := coalesce(new.sole, false);
    return new;
  end
  $$;
  create trigger sole_number before insert or update of ended_at on agent_phone_numbers
    for each row when (new.ended_at is null) execute function mark_sole_number();

  create function mark_sole_connection() returns trigger language plpgsql as $$
  begin
    select o.numbers_per_agent = 'one' into new.sole_connection
    from organizations o where o.id = new.organization_id for share;
    new.sole_connection := coalesce(new.sole_connection, false);
    return new;
  end
  $$;
  create trigger sole_connection before insert or update of inbound_agent_id on phone_numbers
    for each row when (new.inbound_agent_id is not null) execute function mark_sole_connection();

  create function copy_numbers_per_agent() returns trigger language plpgsql as $$
  begin
    update agent_phone_numbers a set sole = new.numbers_per_agent = 'one'
    where a.organization_id = new.id and a.ended_at is null;
    update phone_numbers n set sole_connection = new.numbers_per_agent = 'one'
    where n.organization_id = new.id and n.inbound_agent_id is not null;
    return null;
  end
  $$;
  create trigger sole_numbers after update of numbers_per_agent on organizations
    for each row when (old.numbers_per_agent <> new.numbers_per_agent) execute function copy_numbers_per_agent();
`;
