import type { MigrationInterface, QueryRunner } from 'typeorm';

const SIGNATURE = 'taken_numbers(text[])';

/**
 * A dry run asks which numbers are taken, in whatever organization, instead of trying to insert them: a million rows that
 * were inserted and taken back left the table twice as large, and the upload after it slower.
 *
 * It tells no more than an insert would, which the unique index refuses: that a number is taken, not by whom.
 */
export class FindTakenNumbers1795700000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create function ${SIGNATURE.replace('(', '(p_numbers ')} returns setof text language sql stable
        security definer set search_path = pg_catalog, public, pg_temp as $$
        -- A subquery for one value is always an index look-up.
        select p from unnest(p_numbers) p
        where (select true from phone_numbers n where n.e164 = p and n.lifecycle <> 'released')
      $$;
      grant create on schema public to ringfence_system;
      alter function ${SIGNATURE} owner to ringfence_system;
      revoke create on schema public from ringfence_system;
      revoke all on function ${SIGNATURE} from public;
      grant execute on function ${SIGNATURE} to ringfence_app;
      comment on function ${SIGNATURE} is 'Which of the numbers are in use, by any organization or in the pool.';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`drop function ${SIGNATURE}`);
  }
}
