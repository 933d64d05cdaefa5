import { DataSource } from 'typeorm';
import { migrations } from '../../../../../migrations/index.js';
import { KEEP_ALIVE } from './silence.js';

/** A connection for migrations: it keeps the role of the address, which owns the tables. */
export function migrationDataSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    migrations,
    migrationsTransactionMode: 'all',
    installExtensions: false,
    extra: { options: '-c timezone=UTC', application_name: 'ringfence-migrate', ...KEEP_ALIVE },
  });
}
