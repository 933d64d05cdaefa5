import { migrations } from '../migrations/index.js';
import { APP_SESSION, SYSTEM_SESSION } from '../apps/api/src/platform/database/connection-options.js';
import { migrationDataSource } from '../apps/api/src/platform/database/data-source.js';
import { migrateDatabase } from '../apps/api/src/platform/database/migrate-database.js';
import { loginOf, LoginRefusal, prepareLogins } from '../apps/api/src/platform/database/logins.js';

/**
 * `npm run migration:run` and `npm run migration:revert`, on the database that MIGRATION_DATABASE_URL names, as its owner.
 * After migrating, the logins that DATABASE_URL and SYSTEM_DATABASE_URL name are made where they are missing.
 */
async function main(): Promise<number> {
  const [command] = process.argv.slice(2);
  const url = process.env['MIGRATION_DATABASE_URL'];
  if (!url) {
    return refuse(
      'Set MIGRATION_DATABASE_URL to the database to migrate, as the owner of its tables: postgres://owner:password@host/name',
    );
  }
  if (command !== 'run' && command !== 'revert') return refuse('Say run or revert.');

  const source = migrationDataSource(url);
  try {
    await source.initialize();
  } catch (error) {
    return refuse(`The database cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return command === 'run' ? await run() : await revert();
  } catch (error) {
    if (error instanceof LoginRefusal) return refuse(error.message);
    return refuse(`Nothing was changed: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    await source.destroy();
  }

  async function run(): Promise<number> {
    const done = await migrateDatabase(source);
    if (done.migrations.length + done.functions.length === 0) say('Nothing to do: every migration has run.');
    for (const name of done.migrations) say(`Ran ${name}`);
    if (done.functions.length > 0) say(`Made ${done.functions.length} functions: ${done.functions.join(', ')}`);
    const logins = [APP_SESSION, SYSTEM_SESSION].flatMap((rules) => {
      const address = process.env[rules.setting];
      if (!address) say(`${rules.setting} is not set: its login is left alone.`);
      return address ? [loginOf(address, rules)] : [];
    });
    const prepared = await prepareLogins((sql, parameters) => source.query(sql, parameters), logins);
    for (const line of prepared) say(`${line}.`);
    return 0;
  }

  async function revert(): Promise<number> {
    const [last] = await source.query<{ name: string }[]>('select name from migrations order by id desc limit 1');
    if (!last) return refuse('Nothing to revert: no migration has run.');
    if (last.name === migrations[0]?.name) {
      return refuse(
        `${last.name} is the whole schema: taking it back would delete everything. Drop the database instead.`,
      );
    }
    await source.undoLastMigration();
    say(`Reverted ${last.name}`);
    return 0;
  }
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
