import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const NOT_BUILT =
  'The console is not built. Run "npm run build:console" and start again. The API is documented at /api/docs.\n';

/**
 * Serves the built console under `/`. Its routes live behind `#`, so `/` is the only page. File names under /assets
 * carry a hash of their content and may be kept for ever.
 */
export async function serveConsole(instance: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    instance.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(NOT_BUILT));
    return;
  }
  await instance.register(fastifyStatic, {
    root: folder,
    prefix: '/',
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply: FastifyReply, path: string) => {
      const immutable = path.startsWith(join(folder, 'assets'));
      void reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
