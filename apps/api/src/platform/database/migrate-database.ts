import { type DataSource, MigrationExecutor } from 'typeorm';
import { applySqlFunctions } from '../../../../../migrations/functions/apply.js';

interface MigrationRun {
  /** Names of the versioned migrations that ran. */
  migrations: string[];
  /** Names of the SQL functions that were made, or made anew because their files changed. */
  functions: string[];
}

/**
 * Brings a database to this version: the versioned migrations that it lacks, then the SQL functions whose files changed, in
 * one transaction.
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
    await runner.commitTransaction();
    return { migrations: done.map(({ name }) => name), functions };
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}
