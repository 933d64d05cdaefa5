import type { AgentAssignmentView } from '#contracts';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createApiKey, createOrganization, createUser, signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';

const ASSIGNMENTS = 60;

let db: TestDatabase;
let api: RunningApi;
/** Who asks: a key for all, and a member who is limited to one client. */
const callers = { 'for all': {}, 'for a member who is limited to a client': {} };
type Who = keyof typeof callers;
let numbersOfClient: Set<string>;

/** Assignments whose age, numbers and agents stand in three different orders. */
beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  const organizationId = await createOrganization(db);
  callers['for all'] = { apiKey: (await createApiKey(db, { organizationId, scopes: ['assignments:read'] })).key };
  const agentIds: string[] = [];
  for (const name of ['carol', 'Alice', 'bob']) agentIds.push(await createAgent(db, { organizationId, name }));
  await db.query(
    `insert into phone_numbers (organization_id, e164, country_code, provider, label)
     select $1, '+12025550' || 100 + i * 37 % ${ASSIGNMENTS}, 'US', (array['twilio', 'telnyx'])[i % 2 + 1],
       case when i % 4 = 0 then 'Desk ' || i end
     from generate_series(1, ${ASSIGNMENTS}) i`,
    [organizationId],
  );
  await db.query(
    `insert into agent_phone_numbers (organization_id, agent_id, phone_number_id, daily_limit, last_reset_date, paused_at)
     select $1, ($2::uuid[])[place % 3 + 1], n.id, 10, current_date, case when place % 5 = 0 then now() end
     from (select id, row_number() over (order by md5(e164)) as place from phone_numbers where organization_id = $1) n
     order by place`,
    [organizationId, agentIds],
  );
  const ended = `update agent_phone_numbers set ended_at = now() where id = (select max(id::text)::uuid from agent_phone_numbers)`;
  await db.query(ended);
  await createUser(db, { organizationId, role: 'owner', email: 'owner@pages.test' });
  const token = await signIn(api.url, 'owner@pages.test');
  const post = (path: string, body: object) => request(`${api.url}/api/v1${path}`, { token, body });
  const { id: clientId } = (await post('/clients', { name: 'Mine' })).body;
  await createUser(db, { organizationId, role: 'admin', email: 'limited@pages.test', clientIds: [clientId] });
  callers['for a member who is limited to a client'] = { token: await signIn(api.url, 'limited@pages.test') };
  const ofClient = await db.query(
    `update phone_numbers set client_id = $1 where right(md5(e164), 1) < '8' returning id`,
    [clientId],
  );
  numbersOfClient = new Set(ofClient.map(({ id }) => String(id)));
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

async function list(who: Who, filter: object, sort: [string, 'ASC' | 'DESC'], from: number, to: number) {
  const search = new URLSearchParams({
    filter: JSON.stringify(filter),
    sort: JSON.stringify(sort),
    range: JSON.stringify([from, to]),
  });
  const { body, headers } = await request(`${api.url}/api/v1/agent-assignments?${search}`, callers[who]);
  return { items: body as AgentAssignmentView[], total: headers.get('x-total-count') };
}

const FILTERS: [object, (assignment: AgentAssignmentView) => boolean][] = [
  [{}, () => true],
  [{ provider: 'telnyx' }, ({ provider }) => provider === 'telnyx'],
  [{ paused: true }, ({ paused }) => paused],
  [{ paused: false }, ({ paused }) => !paused],
  [{ paused: true, provider: 'telnyx' }, ({ paused, provider }) => paused && provider === 'telnyx'],
  [{ paused: false, provider: 'twilio' }, ({ paused, provider }) => !paused && provider === 'twilio'],
  [{ q: 'bob' }, ({ agentName }) => agentName === 'bob'],
  [{ q: 'desk' }, ({ label }) => label !== null],
  // One agent's name and some labels have it.
  [{ q: 'e' }, ({ agentName, label }) => agentName === 'Alice' || label !== null],
  [{ q: 'e', paused: true }, ({ agentName, label, paused }) => paused && (agentName === 'Alice' || label !== null)],
  [{ q: 'bob', provider: 'twilio' }, ({ agentName, provider }) => agentName === 'bob' && provider === 'twilio'],
];

const lower = ({ agentName }: AgentAssignmentView) => agentName.toLowerCase();
const KEYS: Record<string, (assignment: AgentAssignmentView) => string> = {
  agentName: (assignment) => `${lower(assignment)} ${assignment.phoneNumberId}`,
  phoneNumber: ({ phoneNumber }) => phoneNumber,
  createdAt: ({ id }) => id,
};

describe.each(Object.keys(callers) as Who[])('the pages of assignments %s', (who) => {
  const isSeen = ({ phoneNumberId }: AgentAssignmentView) => who === 'for all' || numbersOfClient.has(phoneNumberId);

  describe.each(Object.keys(KEYS))('by %s', (field) => {
    it.each(FILTERS)('are the whole list for %j, in both directions, with its total', async (filter, fits) => {
      const all = (await list('for all', {}, ['createdAt', 'ASC'], 0, 99)).items;
      expect(all).toHaveLength(ASSIGNMENTS - 1);
      const keyOf = KEYS[field]!;
      const seen = all.filter((each) => isSeen(each) && fits(each));
      const rising = seen.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      expect(rising.length).toBeGreaterThan(1);
      for (const direction of ['ASC', 'DESC'] as const) {
        const expected = (direction === 'ASC' ? rising : rising.toReversed()).map(({ id }) => id);
        const pages: string[] = [];
        for (let from = 0; from < expected.length; from += 8) {
          const { items, total } = await list(who, filter, [field, direction], from, from + 7);
          expect(total).toBe(String(expected.length));
          pages.push(...items.map(({ id }) => id));
        }
        expect(pages).toEqual(expected);
      }
    });
  });
});
