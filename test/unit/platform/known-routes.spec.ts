import { fastify } from 'fastify';
import { KnownRoutes } from '../../../apps/api/src/platform/http/hooks/known-routes.js';

const handler = () => 'ok';

async function routesOf(): Promise<KnownRoutes> {
  const instance = fastify();
  const routes = new KnownRoutes(instance);
  instance.get('/agents', handler);
  instance.post('/agents', handler);
  instance.put('/agents/:id', handler);
  instance.post('/agents/reset', handler);
  await instance.ready();
  return routes;
}

describe('KnownRoutes', () => {
  it('knows the methods of an address', async () => {
    expect((await routesOf()).methodsOf('/agents')).toEqual(['GET', 'HEAD', 'POST']);
  });

  it('joins the methods of a fixed address and of a pattern that it fits', async () => {
    expect((await routesOf()).methodsOf('/agents/reset')).toEqual(['POST', 'PUT']);
  });

  it.each(['/', '/agent', '/agents/', '/agents/1/2'])('knows no methods of %s', async (path) => {
    expect((await routesOf()).methodsOf(path)).toEqual([]);
  });
});
