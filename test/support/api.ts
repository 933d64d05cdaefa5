import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readEnv } from '../../apps/api/src/config/env.js';
import { createApp } from '../../apps/api/src/create-app.js';

export interface RunningApi {
  url: string;
  app: NestFastifyApplication;
  close(): Promise<void>;
}

interface ApiOptions {
  databaseUrl: string;
  env?: Record<string, string>;
}

/** Starts the API in this process on a free port, with settings that suit tests: silent and without the midnight job. */
export async function startApi({ databaseUrl, env = {} }: ApiOptions): Promise<RunningApi> {
  const settings = readEnv({
    DATABASE_URL: databaseUrl,
    JWT_SECRET: 'a secret of the tests that protects nothing',
    LOG_LEVEL: 'silent',
    MIDNIGHT_JOB: 'false',
    HOST: '127.0.0.1',
    PORT: '0',
    ...env,
  });
  const app = await createApp(settings);
  await app.listen(settings.PORT, settings.HOST);
  return { url: await app.getUrl(), app, close: () => app.close() };
}
