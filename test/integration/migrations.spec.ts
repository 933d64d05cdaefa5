import { migrationDataSource } from '../../apps/api/src/platform/database/data-source.js';
import { migrateDatabase } from '../../apps/api/src/platform/database/migrate-database.js';
import { sqlFunctions } from '../../migrations/functions/manifest.js';
import { migrations } from '../../migrations/index.js';
import { dumpSchema } from '../../scripts/schema-dump.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('migrations', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db?.drop());

  async function schema(): Promise<string> {
    const client = await db.connect();
    return dumpSchema(client).finally(() => client.end());
  }

  const leftovers = () =>
    db.query(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relname !~ '^migrations|^PK_'
       union all select proname from pg_proc where pronamespace = 'public'::regnamespace
       union all select typname from pg_type where typnamespace = 'public'::regnamespace and typname !~ '^_?migrations'`,
    );

  it('can be taken back one by one to nothing, and run again to the same schema', async () => {
    const before = await schema();
    const source = migrationDataSource(db.url);
    await source.initialize();
    try {
      for (const _ of migrations) await source.undoLastMigration();
      expect(await leftovers()).toEqual([]);
      const run = await migrateDatabase(source);
      expect(run.migrations).toHaveLength(migrations.length);
      expect(run.functions).toEqual([...sqlFunctions]);
    } finally {
      await source.destroy();
    }
    expect(await schema()).toBe(before);
  });

  it('that a release brings can be taken back and run again, functions included', async () => {
    const before = await schema();
    const source = migrationDataSource(db.url);
    await source.initialize();
    try {
      for (const newest of migrations.slice(1).map((_, index) => index + 1)) {
        for (let count = 0; count < newest; count += 1) await source.undoLastMigration();
        await migrateDatabase(source);
        expect(await schema()).toBe(before);
      }
    } finally {
      await source.destroy();
    }
  });

  it('are listed in the order of their timestamps, each once', () => {
    const times = migrations.map(({ name }) => Number(/\d{13}$/.exec(name)?.[0]));
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });
});
