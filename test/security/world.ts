import { randomUUID } from 'node:crypto';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization, createUser } from '../support/fixtures.js';
import { type Caller, CallerMaker, JWT_SECRET } from './callers.js';
import { CANARY, insertClient, POOL, Records, type Side } from './records.js';
import type { ExampleRequest } from './requests.js';
import { SIGNING_IN } from './requests.js';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Two organizations on one API: one that owns the records of the tests, and one that must not come near them. */
export interface World {
  db: TestDatabase;
  api: RunningApi;
  own: string;
  other: string;
  callers: Caller[];
  records: Record<Side, Records>;
  /** Those that the other organization has itself. */
  otherRecords: Records;
  send(request: ExampleRequest, headers: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** @param onLog told every line that the API logs, at the level `trace` */
export async function createWorld(env: Record<string, string> = {}, onLog?: (line: string) => void): Promise<World> {
  const db = await createTestDatabase();
  const api = await startApi({ databaseUrl: db.url, env: { JWT_SECRET, IMPORT_WORKER: 'false', ...env }, onLog });
  const own = await createOrganization(db, { name: `${CANARY}-organization`, defaultAllowedCountries: ['CA'] });
  const other = await createOrganization(db, { defaultAllowedCountries: ['CA'] });
  const clientIds = {
    own: await insertClient(db, own, `${CANARY}-own-client`),
    other: await insertClient(db, own, `${CANARY}-other-client`),
  };
  const otherUserId = await createUser(db, { organizationId: other, role: 'agent', email: SIGNING_IN });
  const otherClientId = await insertClient(db, other, 'Client');
  const maker = new CallerMaker(db, api.url, { own, other, platform: POOL, clientId: clientIds.own });
  const callers = await maker.make();
  const household = { organizationId: own, agentUserId: maker.agentUserId, clientIds };
  return {
    db,
    api,
    own,
    other,
    callers,
    otherRecords: new Records(
      db,
      { organizationId: other, agentUserId: otherUserId, clientIds: { own: otherClientId, other: otherClientId } },
      'own',
    ),
    records: { own: new Records(db, household, 'own'), other: new Records(db, household, 'other') },
    send: (request, headers) => send(api.url, request, headers),
    close: async () => {
      await api.close();
      await db.drop();
    },
  };
}

async function send(url: string, request: ExampleRequest, headers: Record<string, string>): Promise<Answer> {
  const { body } = request;
  const response = await fetch(`${url}${request.address}`, {
    method: request.method,
    headers: { ...request.headers, ...headers, 'x-request-id': `security-${randomUUID().slice(0, 8)}` },
    body: body === undefined || typeof body === 'string' ? (body as string | undefined) : JSON.stringify(body),
    redirect: 'manual',
    // An answer that never ends, such as the events of an upload under way, must not hold up the test.
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
}
