import fc from 'fast-check';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createApiKey, createOrganization, createPhoneNumber } from '../support/fixtures.js';
import { request } from '../support/http.js';

const POOL = '00000000-0000-7000-8000-000000000001';
const STEPS = [
  'claim',
  'release',
  'reserve',
  'unreserve',
  'expire',
  'assign',
  'unassign',
  'connect',
  'disconnect',
] as const;
type Step = (typeof STEPS)[number];

/** What a number is, in as few words as the rules need. Organizations are 0 and 1. */
interface Model {
  owner: number | null;
  reservedBy: number | null;
  assigned: boolean;
  connected: boolean;
}

interface Move {
  who: number;
  step: Step;
}

let db: TestDatabase;
let api: RunningApi;
let keys: string[];
let agents: string[];

beforeAll(async () => {
  db = await createTestDatabase();
  api = await startApi({ databaseUrl: db.url });
  const organizations = [await createOrganization(db), await createOrganization(db)];
  const scopes = ['numbers:read', 'numbers:write', 'assignments:write'] as const;
  keys = await Promise.all(
    organizations.map(async (organizationId) => (await createApiKey(db, { organizationId, scopes: [...scopes] })).key),
  );
  agents = await Promise.all(organizations.map((organizationId) => createAgent(db, { organizationId })));
});

afterAll(async () => {
  await api?.close();
  await db?.drop();
});

/** The rules once more, in the order in which the API refuses; changes the model when the step is legal. */
function expected(model: Model, { who, step }: Move): string {
  const mine = model.owner === who;
  const others = model.owner !== null && !mine;
  const reservedByOther = model.reservedBy !== null && model.reservedBy !== who;
  if (step === 'expire') {
    model.reservedBy = null;
    return 'ok';
  }
  if (step === 'claim' || step === 'reserve') {
    if (others) return 'phone_number_taken';
    if (mine) return 'conflict';
    if (reservedByOther) return 'phone_number_reserved';
    if (step === 'reserve') model.reservedBy = who;
    else Object.assign(model, { owner: who, reservedBy: null });
    return 'ok';
  }
  if (others) return 'record_not_found';
  if (step === 'unreserve') {
    if (reservedByOther) return 'phone_number_reserved';
    if (model.reservedBy === null) return 'conflict';
    model.reservedBy = null;
    return 'ok';
  }
  if (!mine) return 'conflict';
  if (step === 'release') {
    if (model.connected) return 'phone_number_connected';
    if (model.assigned) return 'phone_number_assigned';
    model.owner = null;
    return 'ok';
  }
  const fact = step === 'assign' || step === 'unassign' ? 'assigned' : 'connected';
  const on = step === 'assign' || step === 'connect';
  if (model[fact] === on) return on ? `phone_number_${fact}` : 'conflict';
  model[fact] = on;
  return 'ok';
}

async function take(id: string, { who, step }: Move): Promise<string> {
  if (step === 'expire') {
    await db.query(
      `update phone_numbers set reserved_until = now() - interval '1 second' where id = $1 and reserved_by is not null`,
      [id],
    );
    return 'ok';
  }
  const body = step === 'assign' || step === 'connect' ? { agentId: agents[who] } : {};
  const answer = await request(`${api.url}/api/v1/phone-numbers/${id}/${step}`, { apiKey: keys[who], body });
  return answer.status < 300 ? 'ok' : (answer.body.code as string);
}

function statusFor(model: Model, who: number): string | null {
  if (model.owner === null) return model.reservedBy === null ? 'available' : 'reserved';
  if (model.owner !== who) return null;
  return model.connected ? 'connected' : 'assigned';
}

const fresh = (): Model => ({ owner: null, reservedBy: null, assigned: false, connected: false });
const move = fc.record({ who: fc.integer({ min: 0, max: 1 }), step: fc.constantFrom(...STEPS) });

describe('a number’s life', () => {
  it('follows the model, step by step, whatever two organizations try', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 25 }), async (moves) => {
        const [id, model] = [await createPhoneNumber(db, { organizationId: POOL }), fresh()];
        for (const next of moves) {
          expect([next, await take(id, next)]).toEqual([next, expected(model, next)]);
          for (const who of [0, 1]) {
            const { body } = await request(`${api.url}/api/v1/phone-numbers/${id}`, { apiKey: keys[who] });
            expect(body.status === 404 ? null : body.status).toBe(statusFor(model, who));
          }
        }
      }),
      { numRuns: 40, seed: 20_261_121 },
    );
  });

  it('is, when both race, one of the orders in which the steps could have come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { maxLength: 8 }),
        fc.array(move, { minLength: 2, maxLength: 4 }),
        async (first, racing) => {
          const [id, model] = [await createPhoneNumber(db, { organizationId: POOL }), fresh()];
          for (const next of first) expect(await take(id, next)).toBe(expected(model, next));
          const answers = await Promise.all(racing.map((next) => take(id, next)));
          const seen = await Promise.all(
            keys.map(
              async (apiKey) => (await request(`${api.url}/api/v1/phone-numbers/${id}`, { apiKey })).body.status,
            ),
          );
          const possible = orders(racing.map((_, index) => index)).some((order) => {
            const state = { ...model };
            const inOrder = order.every((index) => loosely(expected(state, racing[index]!), answers[index]!));
            return inOrder && [0, 1].every((who) => (statusFor(state, who) ?? 404) === seen[who]);
          });
          expect([racing, answers, possible]).toEqual([racing, answers, true]);
        },
      ),
      { numRuns: 60, seed: 20_261_121 },
    );
  });
});

/** Legal or not is what a race decides; which of the refusals a loser is told depends on when it looked. */
function loosely(one: string, other: string): boolean {
  return (one === 'ok') === (other === 'ok');
}

function orders(items: number[]): number[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item) => orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
