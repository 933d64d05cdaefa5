import { connect } from 'node:net';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type RunningApi, startApi } from '../support/api.js';
import { request } from '../support/http.js';

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startApi({ databaseUrl: database.url });
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

const login = () => `${api.url}/api/v1/auth/login`;
const json = { 'content-type': 'application/json' };

interface Refusal {
  status: number;
  code: string;
  errors?: Record<string, string>;
}

async function refusalOf(url: string, options: Parameters<typeof request>[1]): Promise<Refusal> {
  const { status, headers, body } = await request(url, options);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('x-request-id')).toBe(body.requestId);
  expect(body).toMatchObject({ status, type: `/docs/problems/${body.code}`, message: body.detail });
  return { status, code: body.code, ...(body.errors && { errors: body.errors }) };
}

describe('a body that cannot be read', () => {
  it.each([
    ['malformed JSON', '{"email":', json, 400, 'malformed_request'],
    ['empty JSON', '', json, 400, 'malformed_request'],
    ['a key that poisons prototypes', '{"__proto__":{"admin":true}}', json, 400, 'malformed_request'],
    [
      'a constructor that poisons prototypes',
      '{"constructor":{"prototype":{"admin":true}}}',
      json,
      400,
      'malformed_request',
    ],
    ['CSV where JSON is due', 'a,b', { 'content-type': 'text/csv' }, 415, 'unsupported_media_type'],
    ['text where JSON is due', 'a', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['a form', 'email=a', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    [
      'multipart where JSON is due',
      '--x\r\ncontent-disposition: form-data; name="email"\r\n\r\na\r\n--x--\r\n',
      { 'content-type': 'multipart/form-data; boundary=x' },
      415,
      'unsupported_media_type',
    ],
    ['an unknown content type', '<a/>', { 'content-type': 'application/xml' }, 415, 'unsupported_media_type'],
    ['a broken content type', '{}', { 'content-type': ';;' }, 415, 'unsupported_media_type'],
    ['more than sign-in needs', `{"email":"${'x'.repeat(16_384)}"}`, json, 413, 'payload_too_large'],
    ['a body behind a byte order mark that is no JSON', '\ufeff{"email"', json, 400, 'malformed_request'],
  ])('refuses %s', async (_kind, body, headers, status, code) => {
    expect(await refusalOf(login(), { method: 'POST', body, headers })).toMatchObject({ status, code });
  });

  it.each(['[]', '"text"', '5', 'true'])('refuses %s in place of an object', async (body) => {
    expect(await refusalOf(login(), { body, headers: json })).toEqual({
      status: 400,
      code: 'validation_failed',
      errors: { body: 'must be a JSON object' },
    });
  });
});

describe('a field that cannot be used', () => {
  it('names the field that holds a NUL', async () => {
    const refusal = await refusalOf(login(), { body: { email: 'a\0@demo.test', password: 'x' } });
    expect(refusal).toEqual({
      status: 400,
      code: 'validation_failed',
      errors: { email: 'must not contain the character NUL' },
    });
  });

  it('refuses a NUL in the query', async () => {
    const refusal = await refusalOf(`${api.url}/livez?x=%00`, {});
    expect(refusal).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: { x: expect.any(String) as string },
    });
  });

  it('refuses a body that is nested without end', async () => {
    const body = `{"email":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
    const refusal = await refusalOf(login(), { body, headers: json });
    expect(refusal).toEqual({
      status: 400,
      code: 'validation_failed',
      errors: { body: 'must not be nested deeper than 32 levels' },
    });
  });

  it('refuses a field that is there twice, and counts no call', async () => {
    const body = '{"agentId":"00000000-0000-4000-8000-000000000000","destination":"+1","destination":"+14165550123"}';
    const url = `${api.url}/api/v1/call-gate/authorize`;
    expect(await refusalOf(url, { body, headers: json })).toEqual({
      status: 400,
      code: 'validation_failed',
      errors: { destination: 'is there twice; send it once' },
    });
  });

  it.each([
    ['POST', '/api/v1/auth/login', '{"email":"\\ud800@demo.test","password":"x"}', 'email'],
    ['POST', '/api/v1/call-gate/authorize', '{"destination":"\\udc00"}', 'destination'],
    ['POST', '/api/v1/call-gate/authorize-batch', '{"calls":[{"destination":"\\ud83d"}]}', 'calls[0].destination'],
  ])('names the field that holds half of a character: %s %s', async (method, path, body, field) => {
    const refusal = await refusalOf(api.url + path, { method, body, headers: json });
    expect(refusal).toEqual({
      status: 400,
      code: 'validation_failed',
      errors: { [field]: 'must not contain half of a character (a lone surrogate)' },
    });
  });

  it('takes a character that is written in two halves', async () => {
    const body = '{"email":"\\ud83d\\ude00@demo.test","password":"x"}';
    expect(await refusalOf(login(), { body, headers: json })).toMatchObject({ code: 'invalid_credentials' });
  });

  it('tells how many bytes an address takes', async () => {
    for (const [path, limit] of [
      ['/api/v1/auth/login', 16_384],
      ['/api/v1/call-gate/authorize', 16_384],
      ['/api/v1/users', 65_536],
      ['/api/v1/call-gate/authorize-batch', 524_288],
    ] as const) {
      const { status, body } = await request(api.url + path, { body: 'x'.repeat(limit + 1), headers: json });
      expect(status).toBe(413);
      expect(body.detail).toContain(`${limit.toLocaleString('en')} bytes`);
    }
  });

  it('names unknown and missing fields', async () => {
    const { errors } = await refusalOf(login(), { body: { email: 'a@demo.test', admin: true } });
    expect(Object.keys(errors ?? {}).sort()).toEqual(['admin', 'password']);
  });
});

describe('an address that cannot be used', () => {
  it.each(['/nowhere', '/api/v1/nowhere', '/api/v1', '/docs/problems/nowhere', '/docs/problems/..%2f..%2fpackage'])(
    'answers 404 for %s',
    async (path) => {
      expect(await refusalOf(api.url + path, {})).toEqual({ status: 404, code: 'not_found' });
    },
  );

  it('answers 405 and the methods that there are', async () => {
    const { status, headers, body } = await request(login(), { method: 'DELETE' });
    expect({ status, code: body.code, allow: headers.get('allow') }).toEqual({
      status: 405,
      code: 'method_not_allowed',
      allow: 'POST',
    });
  });

  it('answers OPTIONS with the methods that there are', async () => {
    const { status, headers } = await request(`${api.url}/livez`, { method: 'OPTIONS' });
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 204, allow: 'GET, HEAD' });
  });

  it('answers HEAD like GET without a body', async () => {
    const { status, body } = await request(`${api.url}/livez`, { method: 'HEAD' });
    expect({ status, body }).toEqual({ status: 200, body: '' });
  });

  it.each(['/api/v1/%', '/%zz', '/api/v1/%c3%28'])('refuses the unreadable address %s', async (path) => {
    const { status, body } = await request(api.url + path);
    expect([400, 404]).toContain(status);
    expect(body.code).toMatch(/^(malformed_request|not_found)$/);
  });

  it('refuses an address without end', async () => {
    const { status } = await request(`${api.url}/${'x'.repeat(14_000)}`);
    expect(status).toBe(404);
  });
});

describe('what is no HTTP at all', () => {
  it.each([
    ['a line of nonsense', 'nonsense\r\n\r\n'],
    ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
  ])('answers %s with a problem', async (_kind, bytes) => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('"code":"malformed_request"');
  });
});
