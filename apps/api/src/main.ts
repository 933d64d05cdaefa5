import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { type Env, readEnv } from './config/env.js';
import { createApp } from './create-app.js';
import { APP_ROLE } from './platform/database/connection-options.js';
import { migrationDataSource } from './platform/database/data-source.js';
import { readDatabaseSafety } from './platform/health/database-safety.js';
import { readSchemaState, schemaComplaint } from './platform/health/schema-state.js';
import { createLogger } from './platform/logging/logger.js';
import { reasonOf } from './platform/logging/reason-of.js';
import { letHelperThreadsGiveWay } from './platform/process/helper-threads.js';

const SHUTDOWN_LIMIT_MS = 15_000;
const IDLE_SWEEP_MS = 50;
const SIGNAL_ECHO_MS = 1_000;

/** A reason not to start that an operator can mend. Its message is all that is printed. */
class StartupRefusal extends Error {}

async function main(): Promise<void> {
  letHelperThreadsGiveWay();
  const env = settings();
  const logger = createLogger({ level: env.LOG_LEVEL, format: env.LOG_FORMAT });
  await prepareDatabase(env, logger);
  const app = await createApp(env, { logger });
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

/**
 * Checks, before anything else is built, that the database is there, has the schema of this version, keeps what it
 * acknowledges, and holds tenants apart.
 */
async function prepareDatabase(env: Env, log: Pick<Logger, 'info' | 'warn'>): Promise<void> {
  const source = migrationDataSource(env.DATABASE_URL);
  try {
    await source.initialize();
  } catch (error) {
    const { host, port, database } = connectionOf(env.DATABASE_URL);
    throw new StartupRefusal(`The database ${database} at ${host}:${port} cannot be reached: ${reasonOf(error)}`);
  }
  try {
    const stateNow = () => readSchemaState((sql) => source.query(sql));
    const { missing, unknown } = await stateNow();
    if (env.AUTO_MIGRATE && unknown.length === 0 && missing.length > 0) {
      await source.runMigrations().catch((error: unknown) => {
        throw new StartupRefusal(`The database cannot be migrated, and is as it was: ${reasonOf(error)}`);
      });
      log.info(`Migrated the database: ${missing.join(', ')}`);
    }
    const complaint = schemaComplaint(await stateNow());
    if (complaint !== null) throw new StartupRefusal(complaint);
    const safety = await readDatabaseSafety((sql, parameters) => source.query(sql, parameters), APP_ROLE, 'asking');
    if (safety.complaint !== null) throw new StartupRefusal(safety.complaint);
    if (safety.warning !== null) log.warn(safety.warning);
  } finally {
    await source.destroy();
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
 * npm passes on what the terminal has sent to everybody already, and that echo is no second signal.
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
    // A connection whose request was in flight stays open for the next one, which nobody would answer.
    setInterval(() => (app.getHttpServer() as Server).closeIdleConnections(), IDLE_SWEEP_MS).unref();
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function connectionOf(databaseUrl: string): { host: string; port: string; database: string } {
  try {
    const { hostname, port, pathname } = new URL(databaseUrl);
    return { host: hostname || 'localhost', port: port || '5432', database: pathname.slice(1) };
  } catch {
    return { host: '(unreadable address)', port: '', database: '' };
  }
}

main().catch((error: unknown) => {
  const text = error instanceof StartupRefusal ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
