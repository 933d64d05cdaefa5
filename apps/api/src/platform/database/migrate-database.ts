import { type DataSource, MigrationExecutor } from 'typeorm';
import { applySqlFunctions } from '../../../../../migrations/functions/apply.js';

interface MigrationRun {
  /** Names of the versioned migrations that ran. */
  migrations: string[];
  /** Names of the SQL functions that were made, or made anew because their files changed. */
  functions: string[];
}

/** Calls may come before an API process has made the days that the ledger needs. */
const MAKE_LEDGER_DAYS = 'select make_ledger_day(day, 50000) from due_ledger_days(14) day';

/**
 * Brings a database to this version: the versioned migrations that it lacks, then the SQL functions whose files changed, in
 * one transaction; and makes the days of the ledger that are due.
 *
 * @param source an initialized connection of the owner of the tables
 * @throws whatever a statement throws; the database is then as it was
 */
export async function migrateDatabase(source: DataSource): Promise<MigrationRun> {
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction();
    const done = await new MigrationExecutor(source, runner).executePendingMigrations();
    const functions = await applySqlFunctions((sql, parameters) => runner.query(sql, parameters));
    await runner.query(MAKE_LEDGER_DAYS);
    await runner.commitTransaction();
    return { migrations: done.map(({ name }) => name), functions };
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}
