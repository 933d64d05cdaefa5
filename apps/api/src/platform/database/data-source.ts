import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../../../../../migrations/index.js';
import type { SessionRules } from './connection-options.js';
import { poolOptions } from './pool-options.js';
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

/** A pool of sessions that are what the rules say. */
export function pooledDataSource(url: string, rules: SessionRules, poolSize: number) {
  return {
    type: 'postgres',
    url,
    installExtensions: false,
    poolSize,
    extra: { connectionTimeoutMillis: 5_000, application_name: 'ringfence', ...poolOptions(rules) },
  } as const satisfies DataSourceOptions;
}
