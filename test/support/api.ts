import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readEnv } from '../../apps/api/src/config/env.js';
import { createApp } from '../../apps/api/src/create-app.js';
import { createLogger } from '../../apps/api/src/platform/logging/logger.js';
import { loginSettings } from './logins.js';

export interface RunningApi {
  url: string;
  app: NestFastifyApplication;
  close(): Promise<void>;
}

interface ApiOptions {
  /** The owner's address. The API signs in to the same database with its logins. */
  databaseUrl: string;
  env?: Record<string, string>;
  /** Told every line that the API logs, whatever LOG_LEVEL says. */
  onLog?: (line: string) => void;
}

/** Starts the API in this process on a free port, with settings that suit tests: silent and without jobs that run by themselves. */
export async function startApi({ databaseUrl, env = {}, onLog }: ApiOptions): Promise<RunningApi> {
  const settings = readEnv({
    ...loginSettings(databaseUrl),
    JWT_SECRET: 'a secret of the tests that protects nothing',
    LOG_LEVEL: 'silent',
    MIDNIGHT_JOB: 'false',
    LEDGER_JOB: 'false',
    AUDIT_CHAIN_JOB: 'false',
    HOST: '127.0.0.1',
    PORT: '0',
    ...env,
  });
  const logger = onLog && createLogger({ level: 'trace', format: 'json' }, { write: onLog });
  const app = await createApp(settings, logger && { logger });
  await app.listen(settings.PORT, settings.HOST);
  return { url: await app.getUrl(), app, close: () => app.close() };
}
