import type { QueryRunner } from 'typeorm';

/**
 * The role that owns functions which do more than their caller may. It cannot sign in and no login may become it, so
 * that a session reaches its rights through these functions alone.
 */
export const DEFINER_ROLE = 'ringfence_definer';

/** Makes the role where it is missing, and the owner of the tables a member, who may then give functions to it. */
export async function createDefinerRole(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(`
    do $$
    begin
      if not exists (select from pg_roles where rolname = '${DEFINER_ROLE}') then
        create role ${DEFINER_ROLE} nologin nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
      end if;
    exception
      when duplicate_object or unique_violation then null;
    end
    $$;
    grant usage on schema public to ${DEFINER_ROLE};
  `);
  await becomeMember(queryRunner, DEFINER_ROLE);
}

/** A superuser is a member of every role already. */
export async function becomeMember(queryRunner: QueryRunner, role: string): Promise<void> {
  await queryRunner.query(`
    do $$
    begin
      if not (select rolsuper from pg_roles where rolname = current_user) then
        grant ${role} to current_user;
      end if;
    exception
      when unique_violation then null;
    end
    $$`);
}

/** A new owner needs the schema for that one moment. */
export async function giveFunction(queryRunner: QueryRunner, signature: string, role: string): Promise<void> {
  await queryRunner.query(`
    grant create on schema public to ${role};
    alter function ${signature} owner to ${role};
    revoke create on schema public from ${role};
  `);
}
