import fastify, { type FastifyInstance } from 'fastify';
import { addShortcut } from '../../../apps/api/src/platform/http/hooks/shortcuts.js';

describe('addShortcut', () => {
  let server: FastifyInstance;

  beforeEach(() => {
    server = fastify();
  });

  afterEach(() => server.close());

  it('lets the shortcut answer what it takes, and the handler the rest', async () => {
    addShortcut(server, 'POST', '/calls', (request, reply) => {
      if (request.body === 'long') return false;
      setImmediate(() => void reply.send('short'));
      return true;
    });
    server.post('/calls', () => 'long');
    server.get('/calls', () => 'other');
    const ask = async (method: 'GET' | 'POST', payload?: string) =>
      (await server.inject({ method, url: '/calls', payload, headers: { 'content-type': 'text/plain' } })).body;
    expect([await ask('POST', 'short'), await ask('POST', 'long'), await ask('GET')]).toEqual([
      'short',
      'long',
      'other',
    ]);
  });

  it('answers a problem that the shortcut sends as the error handler does', async () => {
    server.setErrorHandler((error: Error, _request, reply) => reply.code(418).send(error.message));
    addShortcut(server, 'POST', '/calls', (_request, reply) => {
      void reply.send(new Error('no tea'));
      return true;
    });
    server.post('/calls', () => 'long');
    const answer = await server.inject({ method: 'POST', url: '/calls' });
    expect([answer.statusCode, answer.body]).toEqual([418, 'no tea']);
  });

  it('keeps the server from starting when there is no such route', async () => {
    addShortcut(server, 'POST', '/calls', () => true);
    server.post('/cals', () => 'misspelt');
    await expect(server.ready()).rejects.toThrow('POST /calls');
  });
});
