import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { startApi, type RunningApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  createAgent,
  createApiKey,
  createAssignment,
  createOrganization,
  createPhoneNumber,
} from '../support/fixtures.js';
import { request } from '../support/http.js';

const CANADA = '+14165550123';
const CALLER = '+12025550123';
/** The caller ID and the id of the authorization. */
const ALLOWED = /^allow \+12025550123 [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/;

interface Sent {
  url: string;
  /** The list of headers that the server hands to libcurl. */
  headers: string[];
  body: string;
}

type Server = keyof typeof FILES;

/** Where each server's configuration writes the request. */
const FILES = {
  asterisk: 'deploy/sip/asterisk/extensions.conf',
  freeswitch: 'deploy/sip/freeswitch/ringfence.lua',
  kamailio: 'deploy/sip/kamailio/kamailio.cfg',
  opensips: 'deploy/sip/opensips/opensips.cfg',
} as const;

/** What libcurl sends beside the headers of its list, unless an item of the list begins with the same name. */
const CURL_HEADERS = ['Accept: */*', 'Content-Type: application/x-www-form-urlencoded'];

describe('what SIP servers send and get', () => {
  let db: TestDatabase;
  let api: RunningApi;
  let organizationId: string;
  let apiKey: string;
  let agentId: string;
  let assignmentId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    api = await startApi({ databaseUrl: db.url });
    organizationId = await createOrganization(db);
    ({ key: apiKey } = await createApiKey(db, { organizationId, scopes: ['calls:authorize'] }));
    agentId = await createAgent(db, { organizationId });
    const phoneNumberId = await createPhoneNumber(db, { organizationId, e164: CALLER });
    assignmentId = await createAssignment(db, { organizationId, agentId, phoneNumberId, allowedCountries: ['CA'] });
  });
  afterAll(async () => {
    await api?.close();
    await db?.drop();
  });
  beforeEach(() =>
    db.query('update agent_phone_numbers set daily_limit = 1, calls_made_today = 0 where id = $1', [assignmentId]),
  );

  const call = () => ({ agentId, destination: CANADA });

  function authorize(options: Parameters<typeof request>[1], query = '') {
    return request(`${api.url}/api/v1/call-gate/authorize${query}`, { body: call(), ...options });
  }

  describe('the form of the answer', () => {
    it.each([
      ['text/plain', 'text'],
      ['text/plain; charset=utf-8', 'text'],
      ['Text/Plain', 'text'],
      ['text/*', 'text'],
      ['text/plain, */*;q=0.1', 'text'],
      ['text/plain, application/json;q=0.9', 'text'],
      ['application/json;q=0.5, text/plain;q=0.8', 'text'],
      ['application/json;q=0, */*', 'text'],
      ['text/plain;format=flowed;q=0.7, */*;q=0.2', 'text'],
      ['*/*, text/plain', 'text'],
      ['text/plain, */*', 'text'],
      ['text/plain, application/*', 'text'],
      ['text/plain;q=0.5, */*;q=0.5', 'text'],
      ['application/json', 'json'],
      ['*/*', 'json'],
      ['application/*', 'json'],
      ['application/json, text/plain, */*', 'json'],
      ['*/*, text/plain, application/json', 'json'],
      ['*/*, text/plain, application/problem+json', 'json'],
      ['text/*, */*', 'json'],
      ['text/plain;q=0, */*;q=0', 'json'],
      ['text/plain;q=0.5, application/json', 'json'],
      ['text/plain;q=0, */*', 'json'],
      ['text/plain;q=0.5, */*;q=0.8', 'json'],
      ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
      ['text/html', 'json'],
      ['text/plain;q=much', 'json'],
      ['nonsense', 'json'],
      [',;,', 'json'],
    ])('to Accept: %s is %s', async (accept, form) => {
      const { status, headers, body } = await authorize({ apiKey, headers: { accept } });
      expect(status).toBe(200);
      if (form === 'text') {
        expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
        expect(body).toMatch(ALLOWED);
      } else {
        expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
        expect(body.from.phoneNumber).toBe(CALLER);
      }
    });

    it('is one line with the code and the right status for an error', async () => {
      const headers = { accept: 'text/plain' };
      const reader = await createApiKey(db, { organizationId, scopes: ['numbers:read'] });
      const cases: [expected: [number, string], options: Parameters<typeof request>[1], query?: string][] = [
        [[401, 'authentication_required'], {}],
        [[401, 'authentication_required'], { apiKey: `${apiKey}x` }],
        [[403, 'permission_denied'], { apiKey: reader.key }],
        [[400, 'validation_failed'], { apiKey, body: { agentId } }],
        [[400, 'validation_failed'], { apiKey }, '?statusOnDeny=1'],
        [[400, 'malformed_request'], { apiKey, body: '{', headers: { 'content-type': 'application/json' } }],
        [
          [415, 'unsupported_media_type'],
          { apiKey, body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        ],
      ];
      for (const [[status, code], options, query] of cases) {
        const answer = await authorize({ ...options, headers: { ...headers, ...options?.headers } }, query);
        expect([answer.status, answer.body]).toEqual([status, `error ${code}\n`]);
        expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
        expect(answer.headers.get('x-request-id')).toBeTruthy();
      }
      const problem = await authorize({ headers: { accept: 'text/plain;q=0.5, application/problem+json' } });
      expect(problem.body).toMatchObject({ code: 'authentication_required' });
    });
  });

  describe('statusOnDeny=403', () => {
    it('answers a denial with 403 and the body that 200 would have, and an allow with 200', async () => {
      expect(await authorize({ apiKey }, '?statusOnDeny=403')).toMatchObject({ status: 200, body: { allowed: true } });
      const { status, headers, body } = await authorize({ apiKey }, '?statusOnDeny=403');
      const usual = await authorize({ apiKey });
      expect(status).toBe(403);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect({ ...body, authorizationId: null }).toEqual({ ...usual.body, authorizationId: null });
      expect(usual).toMatchObject({ status: 200, body: { allowed: false, reasonCode: 'daily_limit_reached' } });
      const text = await authorize({ apiKey, headers: { accept: 'text/plain' } }, '?statusOnDeny=403');
      expect([text.status, text.body]).toEqual([403, 'deny daily_limit_reached\n']);
    });

    it('holds for the retry of a denial too, which is the same call however it is to be answered', async () => {
      await db.query('update agent_phone_numbers set daily_limit = 0 where id = $1', [assignmentId]);
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const first = await authorize({ apiKey, headers });
      const again = await authorize({ apiKey, headers }, '?statusOnDeny=403');
      expect([first.status, again.status]).toEqual([200, 403]);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
    });

    it.each([
      ['?statusOnDeny=200', 'statusOnDeny'],
      ['?statusOnDeny=', 'statusOnDeny'],
      ['?statusOnDeny=403&statusOnDeny=403', 'statusOnDeny'],
      ['?statusOnDeny=404', 'statusOnDeny'],
      ['?statusondeny=403', 'statusondeny'],
      ['?statusOnDeny=403&verbose=1', 'verbose'],
      ['?agentId=1', 'agentId'],
      ['?__proto__=1', '__proto__'],
    ])('is all that may stand in the query: not %s', async (query, parameter) => {
      const { status, body } = await authorize({ apiKey }, query);
      expect([status, body.code]).toEqual([400, 'validation_failed']);
      expect(Object.keys(body.errors as object)).toEqual([parameter]);
      const [row] = await db.query('select calls_made_today from agent_phone_numbers where id = $1', [assignmentId]);
      expect(row).toEqual({ calls_made_today: 0 });
    });
  });

  describe('HTTP Basic', () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

    it('takes the API key as the password, or as the user name', async () => {
      for (const text of [`gate:${apiKey}`, `:${apiKey}`, `${apiKey}:`]) {
        await db.query('update agent_phone_numbers set calls_made_today = 0 where id = $1', [assignmentId]);
        expect((await authorize({ headers: basic(text) })).body).toMatchObject({ allowed: true });
      }
    });

    it('refuses any other password', async () => {
      for (const text of ['gate:wrong', `${apiKey}:wrong`, ':', '']) {
        expect((await authorize({ headers: basic(text) })).status).toBe(401);
      }
    });
  });

  describe('the examples of docs/sip-servers.md', () => {
    const page = readFileSync('docs/sip-servers.md', 'utf8');

    function blockFor(server: string): string {
      return new RegExp(`\`\`\`${server}\n([^]*?)\`\`\``).exec(page)![1]!;
    }

    /** The file of a server, with the site's values. */
    function fileFor(server: Server): string {
      return readFileSync(FILES[server], 'utf8')
        .replaceAll('${RINGFENCE_AGENT}', agentId)
        .replaceAll('${ENV(RINGFENCE_KEY)}', apiKey)
        .replaceAll('$env(RINGFENCE_KEY)', apiKey)
        .replaceAll('" .. os.getenv("RINGFENCE_KEY")', `${apiKey}"`);
    }

    it.each([
      ['asterisk', asteriskRequest, 200],
      ['freeswitch', freeswitchRequest, 200],
      ['opensips', opensipsRequest, 403],
    ] as const)('work for %s', async (server, requestOf, statusOfDenial) => {
      const sent = requestOf(fileFor(server), CANADA, agentId)!;
      expect(JSON.parse(sent.body)).toEqual(call());
      const lines = linesOf(sent).map((line) => line.replace(apiKey, 'KEY'));
      expect(lines).toEqual(expect.arrayContaining(['Authorization: Bearer KEY', 'Content-Type: application/json']));
      expect(lines).toContain('Accept: text/plain');
      const allowed = await send(sent, `${server}-1`);
      const denied = await send(sent, `${server}-2`);
      expect([allowed.status, denied.status]).toEqual([200, statusOfDenial]);
      expect(allowed.body).toMatch(ALLOWED);
      expect(denied.body).toBe('deny daily_limit_reached\n');
      expect(await send(sent, `${server}-1`)).toEqual(allowed);
    });

    it.each(Object.entries(FILES))('are for %s those of the file that is deployed and tested', (server, file) => {
      expect(page).toContain(`](../${file})`);
      expect(readFileSync(file, 'utf8')).toContain(blockFor(server));
    });

    it.each(
      [asteriskRequest, freeswitchRequest, opensipsRequest].flatMap((requestOf) =>
        [
          `${CANADA}","agentId":"00000000-0000-7000-8000-00000000000a`,
          `${CANADA}%22,%22agentId%22:%220000`,
          `${CANADA}"}`,
          `${CANADA}\\`,
          `${CANADA}\n`,
          `${CANADA}&PJSIP/+19005551234`,
          `${CANADA},${CANADA}`,
          `${CANADA}${'\u0661'}`,
          '+1416"5550123',
        ].map((dialed) => [requestOf.name.replace('Request', '') as Server, dialed, requestOf] as const),
      ),
    )('let nothing of %s %j into the request but digits and the plus', (server, dialed, requestOf) => {
      const sent = requestOf(fileFor(server), dialed, agentId);
      if (sent === null) return;
      const body = JSON.parse(sent.body) as Record<string, string>;
      expect(Object.keys(body)).toEqual(['agentId', 'destination']);
      expect(body['agentId']).toBe(agentId);
      expect(body['destination']).toMatch(/^[+0-9]+$/);
      expect(sent.body.split('"')).toHaveLength(9);
    });
  });

  /** Headers go out line by line as they are, also twice the same name. */
  async function send(sent: Sent, key: string): Promise<{ status: number; body: string }> {
    const { pathname, search } = new URL(sent.url);
    const headers = [
      `Host: ${new URL(api.url).host}`,
      ...linesOf(sent).map((line) => line.replace('THE KEY OF THE CALL', key)),
      `Content-Length: ${Buffer.byteLength(sent.body)}`,
    ].flatMap((line) => line.split(': ', 2));
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(`${api.url}${pathname}${search}`, { method: 'POST', headers }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () => resolve({ status: incoming.statusCode!, body: text }));
      });
      outgoing.on('error', reject).end(sent.body);
    });
  }
});

/** The lines that libcurl makes of a list of headers. It looks at the beginning of an item only. */
function linesOf({ headers }: Sent): string[] {
  const isSaid = (line: string) => headers.some((item) => item.startsWith(line.slice(0, line.indexOf(':') + 1)));
  return [...CURL_HEADERS.filter((line) => !isSaid(line)), ...headers.flatMap((item) => item.split('\r\n'))];
}

/** The request of the dialplan. Everything after the first comma is the body: CURL takes its last argument as it stands. */
function asteriskRequest(dialplan: string, dialed: string): Sent {
  const [line, path, body] = /ANSWER=\$\{CURL\(\$\{GATE\}(\/[a-z]+),(.*)\)\}\)/.exec(dialplan)!;
  const headers = [...dialplan.matchAll(/^CURLOPT\(httpheader\) = (.*)$/gm)].map((match) => match[1]!);
  expect(dialplan).toContain('Set(CURLOPT(httpheader)=Idempotency-Key: ${KEY})');
  const filter = /Set\(DEST=\$\{FILTER\(([^,]+),\$\{DIALED\}\)\}\)/.exec(dialplan)!;
  const destination = dialed.replace(new RegExp(`[^${filter[1]}]`, 'gu'), '');
  // Of what was dialed, nothing gets there but by the filter.
  expect(new Set(line.match(/\$\{[A-Z]+\}/g))).toEqual(new Set(['${GATE}', '${DEST}']));
  const url = `http://gate/api/v1/call-gate${path}`;
  headers.push('Idempotency-Key: THE KEY OF THE CALL');
  return { url, headers, body: body!.replace('${DEST}', destination) };
}

/** @returns null when the script refuses what was dialed */
function freeswitchRequest(script: string, dialed: string, agentId: string): Sent | null {
  const [, words] = /"%s\/api\/v1\/call-gate\/%s (timeout %d append_headers '[^']*' append_headers '%s' post %s)"/.exec(
    script,
  )!;
  // mod_curl reads ten words: with the URL, a word in quotation marks being one.
  expect(words!.match(/'[^']*'|\S+/g)).toHaveLength(8);
  const lines = /append_headers '([^%']*)'/.exec(words!)![1]!;
  const authorization = /local headers = "(Authorization: Bearer [^"]*)"/.exec(script)![1]!;
  expect(script).toContain('headers = headers .. "\\r\\nIdempotency-Key: " .. key');
  const [, path, body] = /post\("([a-z]+)", string.format\('(\{[^']*\})', agent, destination\), key\)/.exec(script)!;
  const separators = /dialed:gsub\("([^"]*)", ""\)/.exec(script)!;
  const pattern = /destination:match\("([^"]*)"\)/.exec(script)![1]!.replace('%+', '\\+').replace('%d', '[0-9]');
  const destination = dialed.replace(new RegExp(separators[1]!, 'g'), '');
  if (!new RegExp(pattern).test(destination)) return null;
  return {
    url: `http://gate/api/v1/call-gate/${path}`,
    headers: [lines.replace('\\r\\n', '\r\n'), `${authorization}\r\nIdempotency-Key: THE KEY OF THE CALL`],
    body: body!.replace('%s', agentId).replace('%s', destination),
  };
}

/** @returns null when the configuration refuses what was dialed */
function opensipsRequest(configuration: string, dialed: string, agentId: string): Sent | null {
  const asks =
    /\$avp\(body\) = (.*);\n([^]*?)async\(rest_post\("\$env\(RINGFENCE_URL\)([^"]*)", \$avp\(body\), "([^"]*)"/;
  const [, body, appended, path, type] = asks.exec(configuration)!;
  const headers = [...appended!.matchAll(/rest_append_hf\("([^"]*)"\);/g)].map((match) => match[1]!);
  const separators = /\$avp\(dialed\) = \$\(rU\{re.subst,\/(.*)\/\/g\}\);/.exec(configuration)!;
  const pattern = /!\(\$avp\(dialed\) =~ "([^"]*)"\)/.exec(configuration)!;
  const destination = dialed.replace(new RegExp(separators[1]!, 'g'), '');
  if (!new RegExp(pattern[1]!).test(destination)) return null;
  // Strings and variables, joined.
  const written = body!.split(' + ').map((part) => (part.startsWith('"') ? (JSON.parse(part) as string) : part));
  return {
    url: `http://gate${path}`,
    headers: [...headers.map((line) => line.replace('$avp(key)', 'THE KEY OF THE CALL')), `Content-Type: ${type}`],
    body: written.join('').replace('$avp(agent)', agentId).replace('$avp(dialed)', destination),
  };
}
