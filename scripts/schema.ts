import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '#embedded-postgres';
import { migrationDataSource } from '../apps/api/src/platform/database/data-source.js';
import { migrateDatabase } from '../apps/api/src/platform/database/migrate-database.js';
import { generateOrCheck } from './generated-file.js';
import { dumpSchema } from './schema-dump.js';

/** `npm run schema:dump` and `npm run schema:check`: what the migrations make of an empty database. */
const directory = await mkdtemp(path.join(os.tmpdir(), 'ringfence-schema-'));
const dataDir = path.join(directory, 'postgres');
try {
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
  const migrations = migrationDataSource(postgres.url);
  await migrations.initialize();
  await migrateDatabase(migrations).finally(() => migrations.destroy());
  const client = new pg.Client(postgres.url);
  await client.connect();
  const content = await dumpSchema(client).finally(() => client.end());
  generateOrCheck({ path: 'migrations/schema.sql', content, command: 'npm run schema:dump' }, process.argv[2]);
} finally {
  await removeEmbeddedPostgres(dataDir);
  await rm(directory, { recursive: true, force: true });
}
