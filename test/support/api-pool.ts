import { DataSource } from 'typeorm';
import { APP_SESSION, SYSTEM_SESSION } from '../../apps/api/src/platform/database/connection-options.js';
import { pooledDataSource } from '../../apps/api/src/platform/database/data-source.js';
import { Database } from '../../apps/api/src/platform/database/database.js';
import type { TestDatabase } from './database.js';

export interface ApiPools {
  app: DataSource;
  system: DataSource;
  database: Database;
  destroy(): Promise<void>;
}

/** The two pools of the API, with its logins and rules. The caller destroys them. */
export async function poolsAsOfApi(db: TestDatabase, size = 10): Promise<ApiPools> {
  const app = await new DataSource(pooledDataSource(db.appUrl, APP_SESSION, size)).initialize();
  const system = await new DataSource(pooledDataSource(db.systemUrl, SYSTEM_SESSION, size)).initialize();
  return {
    app,
    system,
    database: new Database(app, system),
    destroy: async () => {
      await app.destroy();
      await system.destroy();
    },
  };
}
