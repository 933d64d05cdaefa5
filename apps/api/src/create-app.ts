import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import cookie from '@fastify/cookie';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import type { Env } from './config/env.js';
import { projectRoot } from './config/project-root.js';
import { AuthorizeCallShortcut } from './modules/call-gate/call-gate.public.js';
import { serveApiDocs } from './openapi.js';
import { acceptJsonBodies, BODY_BYTES } from './platform/http/bodies/bodies.js';
import { answerUnreadable, answerUnroutable } from './platform/http/connections/client-errors.js';
import { networkTest } from './platform/http/connections/client-network.js';
import { boundConnections } from './platform/http/connections/connections.js';
import { serveConsole } from './platform/http/pages/console-files.js';
import { serveDocsPages } from './platform/http/pages/docs-pages.js';
import { KnownRoutes } from './platform/http/hooks/known-routes.js';
import { ProblemFilter } from './platform/http/problems/problem.filter.js';
import { addRequestHooks } from './platform/http/hooks/request-hooks.js';
import { requestIdOf } from './platform/http/hooks/request-id.js';
import { securityHeaders } from './platform/http/hooks/security-headers.js';
import { acceptUploads } from './platform/http/uploads/uploads.js';
import { ValidationPipe } from './platform/http/fields/validation.pipe.js';
import { addShortcut } from './platform/http/hooks/shortcuts.js';
import { createLogger } from './platform/logging/logger.js';
import { NestLogger } from './platform/logging/nest-logger.js';

const MAX_URL_PARAMETER = 256;
const MAX_HEADERS_MS = 15_000;
/** Longer than proxies and load balancers keep an idle connection (60 s): they close it, and send nothing into a closed one. */
const KEEP_ALIVE_MS = 75_000;
/** How often connections are looked through for requests that are late. */
const LATE_SWEEP_MS = 1_000;

const AUTHORIZE_CALL = '/api/v1/call-gate/authorize';
const OUTSIDE_PREFIX = ['livez', 'readyz', 'metrics'];

interface AppOptions {
  /** Where the process logs. Without it, one as the settings say. */
  logger?: Logger;
  /** Builds the routes without their services: enough to describe them, and needs no database. */
  preview?: boolean;
}

/**
 * Builds the application. It does not listen yet.
 *
 * @throws whatever keeps a module from starting, such as an unreachable database
 */
export async function createApp(env: Env, options: AppOptions = {}): Promise<NestFastifyApplication> {
  const logger = options.logger ?? createLogger({ level: env.LOG_LEVEL, format: env.LOG_FORMAT });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(env), httpAdapter(env), {
    logger: new NestLogger(logger),
    // Nest's own reader of bodies also takes forms, which no route wants.
    bodyParser: false,
    abortOnError: false,
    preview: options.preview ?? false,
  });
  const instance = app.getHttpAdapter().getInstance();
  boundConnections(instance.server, {
    most: env.MAX_CONNECTIONS,
    mostPerClient: env.MAX_CONNECTIONS_PER_ADDRESS,
    isProxy: proxyTest(env.TRUST_PROXY),
  });
  const routes = new KnownRoutes(instance);
  addRequestHooks(instance, logger, {
    hotRoutes: [AUTHORIZE_CALL],
    unloggedRoutes: OUTSIDE_PREFIX.map((path) => `/${path}`),
    headers: securityHeaders(env.PUBLIC_URL),
  });
  if (!options.preview) {
    const shortcut = app.get(AuthorizeCallShortcut);
    addShortcut(instance, 'POST', AUTHORIZE_CALL, (request, reply) => shortcut.take(request, reply));
  }
  acceptJsonBodies(instance);
  acceptUploads(instance);
  await app.register(cookie);

  app.setGlobalPrefix('api/v1', { exclude: OUTSIDE_PREFIX });
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ProblemFilter(routes));

  serveApiDocs(app);
  serveDocsPages(instance, join(projectRoot, 'docs'));
  await serveConsole(instance, env.CONSOLE_DIR ?? join(projectRoot, 'dist', 'console'));
  return app;
}

function httpAdapter(env: Env): FastifyAdapter {
  const requestTimeout = env.REQUEST_TIMEOUT_SECONDS * 1_000;
  return new FastifyAdapter({
    trustProxy: trustedProxies(env.TRUST_PROXY),
    bodyLimit: BODY_BYTES.record,
    requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      requestTimeout,
      headersTimeout: Math.min(requestTimeout, MAX_HEADERS_MS),
      connectionsCheckingInterval: LATE_SWEEP_MS,
    },
    genReqId: requestIdOf,
    requestIdHeader: false,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: answerUnroutable,
    // While it shuts down, the server answers what still arrives on open connections and then closes them.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_URL_PARAMETER },
    // No module uses Nest's middleware, and passing through its host costs every request.
    skipMiddie: true,
    // `acceptUploads` reads the forms: the usual plugin leaves out parts without a word.
    multipart: false,
  });
}

/** So many proxies nearest to the API, or those of the networks. An X-Forwarded-For of any other is ignored. */
function trustedProxies(proxies: Env['TRUST_PROXY']): false | string | ((address: string, hop: number) => boolean) {
  return typeof proxies === 'number' ? (_address, hop) => hop < proxies : (proxies ?? false);
}

/** Whether a connection comes from a trusted proxy. A number of them says nothing of their addresses: then all do. */
function proxyTest(proxies: Env['TRUST_PROXY']): (address: string) => boolean {
  return typeof proxies === 'string' ? networkTest(proxies.split(',')) : () => proxies !== undefined;
}
