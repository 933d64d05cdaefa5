import { DataSource } from 'typeorm';
import { APP_ROLE, sessionOptions } from '../../apps/api/src/platform/database/connection-options.js';
import { STATEMENT_TIMEOUT_MS } from '../../apps/api/src/platform/database/silence.js';

/** A pool with the role and the time limits of the API. The caller destroys it. */
export function poolAsOfApi(url: string): Promise<DataSource> {
  const options = sessionOptions(APP_ROLE, { statementTimeoutMs: STATEMENT_TIMEOUT_MS, lockTimeoutMs: 5_000 });
  return new DataSource({ type: 'postgres', url, poolSize: 10, extra: { options } }).initialize();
}
