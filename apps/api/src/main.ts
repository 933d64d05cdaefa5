import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import { type Env, forgetOwner, readEnv } from './config/env.js';
import { createApp } from './create-app.js';
import { createLogger } from './platform/logging/logger.js';
import { letHelperThreadsGiveWay } from './platform/process/helper-threads.js';
import { prepareDatabase } from './prepare-database.js';
import { StartupRefusal } from './startup-refusal.js';

const SHUTDOWN_LIMIT_MS = 15_000;
const IDLE_SWEEP_MS = 50;
const SIGNAL_ECHO_MS = 1_000;

async function main(): Promise<void> {
  letHelperThreadsGiveWay();
  const env = settings();
  const logger = createLogger({ level: env.LOG_LEVEL, format: env.LOG_FORMAT });
  await prepareDatabase(env, logger);
  // The process that serves holds no address of the owner of the tables.
  const app = await createApp(forgetOwner(env), { logger });
  await describeApi(app);
  stopOnSignals(app, (line) => logger.info(line));
  await listen(app, env);
  logger.info(`Ringfence answers at ${await app.getUrl()}`);
}

/** The description takes a good while to make. Made now, no call has to wait for it. */
async function describeApi(app: NestFastifyApplication): Promise<void> {
  await app.init();
  await app.inject('/api/openapi.json');
}

function settings(): Env {
  try {
    return readEnv();
  } catch (error) {
    throw new StartupRefusal((error as Error).message);
  }
}

async function listen(app: NestFastifyApplication, env: Env): Promise<void> {
  try {
    await app.listen(env.PORT, env.HOST);
  } catch (error) {
    await app.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new StartupRefusal(
        `Port ${env.PORT} of ${env.HOST} is taken. Stop what uses it, or set PORT to another one.`,
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') {
      throw new StartupRefusal(`Listening on ${env.HOST}:${env.PORT} is not possible (${code}). Check HOST and PORT.`);
    }
    throw error;
  }
}

/**
 * Stops accepting, finishes what is in flight, closes the connections. A second signal, or a hang, ends it at once; but
 * npm passes on the signal that the terminal has sent to its whole group already; that echo is no second signal.
 */
function stopOnSignals(app: NestFastifyApplication, say: (line: string) => void): void {
  let stoppingSince = 0;
  const stop = (signal: NodeJS.Signals): void => {
    if (stoppingSince > 0) {
      if (Date.now() - stoppingSince > SIGNAL_ECHO_MS) process.exit(1);
      return;
    }
    stoppingSince = Date.now();
    say(`Stopping on ${signal}`);
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
    // A connection whose request was in flight stays open for the next one, which would get no answer.
    setInterval(() => (app.getHttpServer() as Server).closeIdleConnections(), IDLE_SWEEP_MS).unref();
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const text = error instanceof StartupRefusal ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
