import http from 'node:http';
import type { Column } from './access-table.js';
import { createWorld, type World } from './world.js';

/** Larger than what a socket keeps for a reader who has stopped. */
const LARGE = 3_000_000;
const WITHIN_MS = 5_000;

let world: World;

beforeAll(async () => {
  world = await createWorld();
});

afterAll(() => world?.close());

const credentialsOf = (as: Column) => world.callers.find(({ column }) => column === as)!.headersFor(null);

/** Sends on the agent's only connection, and answers the status; null when nothing came in time. */
function send(
  agent: http.Agent,
  path: string,
  headers: http.OutgoingHttpHeaders,
  body: string,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(world.api.url);
    const length = Buffer.byteLength(body);
    const options = { agent, host, port, path, method: 'POST', headers: { ...headers, 'content-length': length } };
    const request = http.request(options, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode!));
    });
    const timer = setTimeout(() => {
      resolve(null);
      request.destroy();
    }, WITHIN_MS);
    request.once('close', () => clearTimeout(timer));
    // A connection that was closed instead is as good: a client sends the second request on a new one.
    request.once('error', (error) => (request.reusedSocket ? resolve(0) : reject(error)));
    request.end(body);
  });
}

const form = (file: string, part = 'file') =>
  `--x\r\ncontent-disposition: form-data; name="${part}"; filename="a.csv"\r\n\r\n${file}\r\n--x--\r\n`;

/** Bodies that are refused before they are read to the end. */
const REFUSED: Record<string, { path: string; type: string; body: () => string; as?: Column }> = {
  'an upload of nothing but space': {
    path: 'phone-numbers/bulk-upload',
    type: 'text/csv',
    body: () => ' '.repeat(LARGE),
  },
  'an upload with a wrong header': {
    path: 'phone-numbers/bulk-upload',
    type: 'text/csv',
    body: () => `a,b\n${'x,y\n'.repeat(LARGE / 4)}`,
  },
  'an upload with NUL': { path: 'phone-numbers/bulk-upload', type: 'text/csv', body: () => '\0'.repeat(LARGE) },
  'an upload by nobody': {
    path: 'phone-numbers/bulk-upload',
    type: 'text/csv',
    body: () => ' '.repeat(LARGE),
    as: 'anonymous',
  },
  'an upload by a member who may not upload': {
    path: 'phone-numbers/bulk-upload',
    type: 'text/csv',
    body: () => ' '.repeat(LARGE),
    as: 'limited',
  },
  'a form by a member who may not upload': {
    path: 'phone-numbers/bulk-upload',
    type: 'multipart/form-data; boundary=x',
    body: () => form('x,y\n'.repeat(LARGE / 4)),
    as: 'limited',
  },
  'a form with a part of another name': {
    path: 'phone-numbers/bulk-upload',
    type: 'multipart/form-data; boundary=x',
    body: () => form('x,y\n'.repeat(LARGE / 4), 'other'),
  },
  'a form that is none': {
    path: 'phone-numbers/bulk-upload',
    type: 'multipart/form-data; boundary=x',
    body: () => ' '.repeat(LARGE),
  },
  'a form with a wrong header': {
    path: 'phone-numbers/bulk-upload',
    type: 'multipart/form-data; boundary=x',
    body: () => form(`a,b\n${'x,y\n'.repeat(LARGE / 4)}`),
  },
  'JSON that is too large': { path: 'agents', type: 'application/json', body: () => `"${' '.repeat(LARGE)}"` },
  'a type that no route takes': { path: 'agents', type: 'text/csv', body: () => ' '.repeat(LARGE) },
  'a form where none is wanted': {
    path: 'agents',
    type: 'multipart/form-data; boundary=x',
    body: () => ' '.repeat(LARGE),
  },
};

describe('after a body that is refused before it was read, the connection is closed or of use', () => {
  it.each(Object.entries(REFUSED))('%s', async (_what, { path, type, body, as = 'owner' }) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const headers = credentialsOf('owner');
    // A client that still sends when the refusal comes may be cut off; then there is no connection to use again.
    const refused = await send(agent, `/api/v1/${path}`, { ...credentialsOf(as), 'content-type': type }, body()).catch(
      () => 0,
    );
    expect([0, 400, 401, 403, 413, 415, 422]).toContain(refused);
    const next = await send(agent, '/api/v1/usage/reset', { ...headers, 'content-type': 'application/json' }, '{}');
    expect([0, 200]).toContain(next);
    agent.destroy();
  });
});
