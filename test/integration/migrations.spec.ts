import { migrationDataSource } from '../../apps/api/src/platform/database/data-source.js';
import { migrations } from '../../migrations/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('migrations', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db?.drop());

  const relations = async () =>
    (
      await db.query(
        `select relname as name from pg_class where relnamespace = 'public'::regnamespace
           and relkind in ('r', 'v', 'i') and relname !~ '^migrations|^PK_' order by 1`,
      )
    ).map((row) => row['name'] as string);

  const functions = async () =>
    (await db.query(`select proname as name from pg_proc where pronamespace = 'public'::regnamespace order by 1`)).map(
      (row) => row['name'] as string,
    );

  it('can be taken back one by one to nothing, and run again to the same schema', async () => {
    const before = [await relations(), await functions()];
    const source = migrationDataSource(db.url);
    await source.initialize();
    try {
      for (const _ of migrations) await source.undoLastMigration();
      expect([await relations(), await functions()]).toEqual([[], []]);
      const run = await source.runMigrations();
      expect(run).toHaveLength(migrations.length);
    } finally {
      await source.destroy();
    }
    expect([await relations(), await functions()]).toEqual(before);
  });
});
