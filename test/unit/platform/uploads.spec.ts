import { fastify, type FastifyInstance } from 'fastify';
import type { ProblemError } from '../../../apps/api/src/platform/http/problems/problem.error.js';
import { acceptUploads } from '../../../apps/api/src/platform/http/uploads/uploads.js';

let instance: FastifyInstance;

beforeEach(() => {
  instance = fastify({ bodyLimit: 16 });
  acceptUploads(instance);
  instance.setErrorHandler<ProblemError>((error, _request, reply) => reply.code(error.status).send(error.code));
  instance.post('/upload', { config: { uploadBytes: 64 } }, (request) => request.body);
  instance.post('/json', (request) => request.body);
});

afterEach(() => instance.close());

const send = (url: string, payload: string, type = 'text/csv') =>
  instance.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });

describe('acceptUploads', () => {
  it.each(['text/csv', 'text/csv; charset=utf-8', 'text/plain'])('hands over the bytes of %s', async (type) => {
    const answer = await send('/upload', '+12025550123,telnyx,US', type);
    expect({ status: answer.statusCode, body: answer.body }).toEqual({ status: 200, body: '+12025550123,telnyx,US' });
  });

  it('applies the limit of the route and not the one of JSON', async () => {
    expect((await send('/upload', 'x'.repeat(64))).statusCode).toBe(200);
    const answer = await send('/upload', 'x'.repeat(65));
    expect({ status: answer.statusCode, body: answer.body }).toEqual({ status: 413, body: 'payload_too_large' });
  });

  it.each(['text/csv', 'text/plain'])('refuses %s on a route that takes none', async (type) => {
    const answer = await send('/json', 'x', type);
    expect({ status: answer.statusCode, body: answer.body }).toEqual({ status: 415, body: 'unsupported_media_type' });
  });
});
