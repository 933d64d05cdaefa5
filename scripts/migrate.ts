import { migrationDataSource } from '../apps/api/src/platform/database/data-source.js';

/** `npm run migration:run` and `npm run migration:revert`, on the database that DATABASE_URL names. */
async function main(): Promise<number> {
  const [command] = process.argv.slice(2);
  const url = process.env['DATABASE_URL'];
  if (!url) return refuse('Set DATABASE_URL to the database to migrate: postgres://owner:password@host/name');
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
    return refuse(`Nothing was changed: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    await source.destroy();
  }

  async function run(): Promise<number> {
    const done = await source.runMigrations();
    if (done.length === 0) say('Nothing to do: every migration has run.');
    for (const migration of done) say(`Ran ${migration.name}`);
    return 0;
  }

  async function revert(): Promise<number> {
    const [last] = await source.query<{ name: string }[]>('select name from migrations order by id desc limit 1');
    if (!last) return refuse('Nothing to revert: no migration has run.');
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
