import { getConstructionPlans } from 'pg-boss';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { readSqlFile } from './sql-files.js';
import { squashedMigrations } from './squashed.js';

/** In the order of what refers to what. */
const AREAS = ['roles', 'tenancy', 'inventory', 'gate', 'imports', 'audit', 'references', 'data'] as const;

/**
 * Roles, tables, indexes, policies and privileges. Functions and the triggers that call them follow from
 * `migrations/functions/`.
 *
 * @throws Error when the database has some of the migrations that this one took the place of, and not all of them
 */
export class Baseline1795969000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const earlier = await earlierMigrations(queryRunner);
    if (earlier.length === 0) {
      for (const area of AREAS) await queryRunner.query(readSqlFile(`baseline/${area}.sql`));
      await createQueue(queryRunner);
    } else if (earlier.length < squashedMigrations.length) {
      throw new Error(halfWay(earlier.length));
    } else {
      await queryRunner.query('delete from migrations where name = any ($1)', [[...squashedMigrations]]);
    }
    await queryRunner.query(readSqlFile('baseline/sql-functions.sql'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(readSqlFile('baseline/down.sql'));
  }
}

/** The tables of pg-boss, in a schema of their own. The system role works with them; it makes and changes none. */
async function createQueue(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query('create schema pgboss');
  await queryRunner.query(withoutTransaction(getConstructionPlans('pgboss', { createSchema: false })));
  await queryRunner.query(`
    grant usage on schema pgboss to ringfence_system;
    grant select, insert, update, delete on all tables in schema pgboss to ringfence_system;
    grant execute on all functions in schema pgboss to ringfence_system;
  `);
}

/** The transaction of the migration is open already. */
function withoutTransaction(plans: string): string {
  return plans.replace(/^\s*BEGIN;/, '').replace(/COMMIT;\s*$/, '');
}

async function earlierMigrations(queryRunner: QueryRunner): Promise<string[]> {
  const rows = (await queryRunner.query('select name from migrations where name = any ($1)', [
    [...squashedMigrations],
  ])) as { name: string }[];
  return rows.map(({ name }) => name);
}

function halfWay(count: number): string {
  return (
    `This database has ${count} of the ${squashedMigrations.length} migrations of before the baseline. Check out the ` +
    'commit before migrations/1795969000000-Baseline.ts was added, run "npm run migration:run" there, and then here again.'
  );
}
