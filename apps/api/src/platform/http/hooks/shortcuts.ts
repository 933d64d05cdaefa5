import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Takes a request and answers it, or leaves it to the route's own handler. */
type Shortcut = (request: FastifyRequest, reply: FastifyReply) => boolean;

/**
 * Puts a shortcut before the handler of a route that will be registered.
 *
 * The application does not start when no such route comes.
 */
export function addShortcut(instance: FastifyInstance, method: string, url: string, take: Shortcut): void {
  let isRegistered = false;
  instance.addHook('onRoute', (route) => {
    if (route.url !== url || route.method !== method) return;
    isRegistered = true;
    const { handler } = route;
    route.handler = function (request, reply) {
      return take(request, reply) ? undefined : handler.call(this, request, reply);
    };
  });
  instance.addHook('onReady', (done) => {
    done(isRegistered ? undefined : new Error(`There is no route ${method} ${url} to put a shortcut before`));
  });
}
