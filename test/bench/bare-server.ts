import Fastify from 'fastify';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { letHelperThreadsGiveWay } from '../../apps/api/src/platform/process/helper-threads.js';

/**
 * The yardstick of the gate: a server in a process of its own that reads a JSON body, does nothing and answers a line of
 * JSON. `bare-server.js fastify` is Fastify as it comes, `bare-server.js http` is node:http. Neither has any of the API's
 * hooks, headers or logs. Tells its address when it listens.
 */
letHelperThreadsGiveWay();
const ANSWER = { allowed: false };
const close = process.argv[2] === 'fastify' ? await fastify() : await http();
process.on('SIGTERM', () => void close().then(() => process.exit(0)));

async function fastify(): Promise<() => Promise<unknown>> {
  const server = Fastify();
  server.post('/', (request) => (request.body === null ? null : ANSWER));
  process.send?.({ url: await server.listen({ port: 0, host: '127.0.0.1' }) });
  return () => server.close();
}

async function http(): Promise<() => Promise<unknown>> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return () => new Promise((resolve) => server.close(resolve));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: unknown = JSON.parse(await text(request));
  const answered = JSON.stringify(body === null ? null : ANSWER);
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(answered));
  response.end(answered);
}
