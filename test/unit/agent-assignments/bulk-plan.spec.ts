import type { BulkOperation, PhoneNumberView } from '#contracts';
import { type BulkAgent, planBulk } from '../../../apps/api/src/modules/agent-assignments/bulk/bulk-plan.js';
import { PoolQuota } from '../../../apps/api/src/modules/phone-numbers/lifecycle/pool-quota.js';

type Facts = Partial<PhoneNumberView>;

/** A number of the organization's own, active and not in use, but for the given facts. */
function number(facts: Facts = {}): PhoneNumberView {
  return {
    id: 'number-1',
    phoneNumber: '+12025550101',
    countryCode: 'US',
    region: null,
    numberType: 'FIXED_LINE_OR_MOBILE',
    label: null,
    provider: 'telnyx',
    lifecycle: 'active',
    status: 'available',
    inPool: false,
    tags: [],
    monthlyCost: null,
    currency: null,
    capabilities: { voice: true, sms: false },
    assignmentId: null,
    agentId: null,
    agentName: null,
    inboundAgentId: null,
    inboundAgentName: null,
    clientId: null,
    clientName: null,
    fromPool: false,
    reservedUntil: null,
    reservedByUs: false,
    createdAt: '2031-03-30T00:00:00.000Z',
    updatedAt: '2031-03-30T00:00:00.000Z',
    ...facts,
  };
}

const POOL = { inPool: true, fromPool: false };
const CLAIMED = { fromPool: true };
const RESERVED = { ...POOL, reservedUntil: '2031-03-31T00:00:00.000Z' };
const TAKEN = { assignmentId: 'assignment-1', agentId: 'ada', agentName: 'Ada' };
const CONNECTED = { inboundAgentId: 'ada', inboundAgentName: 'Ada' };
const TAGS = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);
const agent = (id: string, room: number | null = null): BulkAgent => ({ id, name: id.toUpperCase(), room });

interface Choice {
  tags?: string[];
  agents?: BulkAgent[];
  reassign?: boolean;
  poolQuota?: PoolQuota | null;
}

const plan = (operation: BulkOperation, numbers: readonly PhoneNumberView[], choice: Choice = {}) =>
  planBulk(numbers, { operation, tags: [], agents: [], reassign: false, poolQuota: null, ...choice });
const receivers = (items: ReturnType<typeof plan>) => items.map(({ agentId, code }) => agentId ?? code);
const several = (count: number, facts: Facts = {}) =>
  Array.from({ length: count }, (_, index) => number({ id: `number-${index + 1}`, ...facts }));

// Rest parameters below: Jest hands a callback to a test with more parameters than its row has values.
describe('a bulk operation is planned so that it', () => {
  it.each<[BulkOperation, string, Facts, Choice?]>([
    ['claim', 'a number of the pool', POOL],
    ['claim', 'one that the organization has reserved', { ...RESERVED, reservedByUs: true }],
    ['release', 'a number that came from the pool', CLAIMED],
    ['delete', 'a number of its own', {}],
    ['unassign', 'an assigned number', TAKEN],
    ['activate', 'an inactive number', { lifecycle: 'inactive' }],
    ['deactivate', 'an active number', {}],
    ['tag', 'a number without the tag', { tags: ['old'] }, { tags: ['new'] }],
    ['tag', 'a number with some of the tags', { tags: ['old'] }, { tags: ['old', 'new'] }],
    ['tag', 'a number up to 20 tags', { tags: TAGS(19) }, { tags: ['new'] }],
    ['untag', 'a number with one of the tags', { tags: ['old'] }, { tags: ['old', 'other'] }],
    ['assign', 'a free number', {}, { agents: [agent('bob')] }],
    ['assign', 'the number of another agent, when asked to', TAKEN, { agents: [agent('bob')], reassign: true }],
  ])('does: %s %s', (...[operation, _what, facts, choice]) => {
    expect(plan(operation, [number(facts)], choice)).toMatchObject([{ outcome: 'done', code: null, message: null }]);
  });

  it.each<[BulkOperation, string, Facts, Choice?]>([
    ['unassign', 'a free number', {}],
    ['activate', 'an active number', {}],
    ['deactivate', 'an inactive number', { lifecycle: 'inactive' }],
    ['tag', 'a number that has the tags', { tags: ['a', 'b'] }, { tags: ['b', 'a'] }],
    ['tag', 'a full number by a tag that it has', { tags: TAGS(20) }, { tags: ['t3'] }],
    ['untag', 'a number without the tag', { tags: ['a'] }, { tags: ['b'] }],
    ['assign', 'the number of the same agent', TAKEN, { agents: [agent('ada')] }],
    [
      'assign',
      'the number of the same agent, also when agents may lose theirs',
      TAKEN,
      { agents: [agent('ada')], reassign: true },
    ],
    ['assign', 'the number of the same agent, who has no room for more', TAKEN, { agents: [agent('ada', 0)] }],
  ])('changes nothing: %s %s', (...[operation, _what, facts, choice]) => {
    expect(plan(operation, [number(facts)], choice)).toMatchObject([{ outcome: 'unchanged', code: null }]);
  });

  it.each<[BulkOperation, string, Facts, string, RegExp, Choice?]>([
    ['claim', 'its own number', {}, 'conflict', /nothing to claim/],
    ['claim', 'an inactive number', { ...POOL, lifecycle: 'inactive' }, 'conflict', /not active in the pool/],
    ['claim', "another organization's reservation", RESERVED, 'phone_number_reserved', /another organization/],
    ['claim', 'past the quota', POOL, 'pool_quota_reached', /quota is 3/, { poolQuota: new PoolQuota(3, 3) }],
    ['release', 'a number that never was in the pool', {}, 'conflict', /Delete it instead/],
    ['release', 'an assigned number', { ...CLAIMED, ...TAKEN }, 'phone_number_assigned', /agent 'Ada' first/],
    ['release', 'a connected number', { ...CLAIMED, ...CONNECTED }, 'phone_number_connected', /agent 'Ada' first/],
    ['delete', 'a number that came from the pool', CLAIMED, 'conflict', /Release it/],
    ['delete', 'an assigned number', TAKEN, 'phone_number_assigned', /Unassign it/],
    ['delete', 'a connected number', CONNECTED, 'phone_number_connected', /Disconnect it/],
    ['tag', 'a number that would have 21 tags', { tags: TAGS(20) }, 'conflict', /more than 20 tags/, { tags: ['new'] }],
    [
      'assign',
      'the number of another agent',
      TAKEN,
      'phone_number_assigned',
      /reassign: true/,
      { agents: [agent('bob')] },
    ],
    ['assign', 'to an agent without room', {}, 'agent_has_number', /'BOB' has no room/, { agents: [agent('bob', 0)] }],
    [
      'distribute',
      'to agents without room',
      {},
      'agent_has_number',
      /The agents have no room/,
      { agents: [agent('bob', 0), agent('eve', 0)] },
    ],
    [
      'distribute',
      'the number of an agent',
      TAKEN,
      'phone_number_assigned',
      /Ada/,
      { agents: [agent('ada'), agent('bob')] },
    ],
  ])('refuses by the words of the single operation: %s %s', (...[operation, _what, facts, code, message, choice]) => {
    const [item] = plan(operation, [number(facts)], choice);
    expect(item).toMatchObject({ outcome: 'refused', code, agentId: null, agentName: null });
    expect(item!.message).toMatch(message);
  });

  it.each<BulkOperation>([
    'release',
    'delete',
    'unassign',
    'activate',
    'deactivate',
    'tag',
    'untag',
    'assign',
    'distribute',
  ])('leaves the pool alone: %s', (operation) => {
    const [item] = plan(operation, [number(POOL)], { agents: [agent('bob')], tags: ['a'] });
    expect(item).toMatchObject({ outcome: 'refused', code: 'conflict' });
    expect(item!.message).toBe(`+12025550101 is in the pool. Claim it first, then ${operation} it.`);
  });

  it('answers each number at its place, one refusal beside the others', () => {
    const numbers = [number({ id: 'a' }), number({ id: 'b', ...TAKEN }), number({ id: 'c' })];
    expect(plan('delete', numbers).map(({ id, outcome }) => [id, outcome])).toEqual([
      ['a', 'done'],
      ['b', 'refused'],
      ['c', 'done'],
    ]);
  });

  it('takes the quota of the pool number by number, and none for what is reserved already', () => {
    const numbers = [number(POOL), number({ ...RESERVED, reservedByUs: true }), number(POOL), number(POOL)];
    const items = plan('claim', numbers, { poolQuota: new PoolQuota(7, 5) });
    expect(items.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'refused']);
  });

  it('takes no quota for a number that is refused for another reason', () => {
    const items = plan('claim', [number(RESERVED), number(POOL)], { poolQuota: new PoolQuota(1, 0) });
    expect(items.map(({ outcome }) => outcome)).toEqual(['refused', 'done']);
  });

  it('is a mistake of the program, not a refusal, when something else is thrown', () => {
    const broken = number();
    Object.defineProperty(broken, 'inPool', {
      get: () => {
        throw new TypeError('broken');
      },
    });
    expect(() => plan('delete', [broken])).toThrow(TypeError);
  });
});

describe('numbers are distributed so that', () => {
  it('agents get them in turn, none two more than another', () => {
    const items = plan('distribute', several(7), { agents: [agent('a'), agent('b'), agent('c')] });
    expect(receivers(items)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a']);
    expect(items[1]).toMatchObject({ agentName: 'B' });
  });

  it('an agent without room is passed over, and the rest is refused when no agent has any', () => {
    const items = plan('distribute', several(6), { agents: [agent('a', 1), agent('b', 0), agent('c', 3)] });
    expect(receivers(items)).toEqual(['a', 'c', 'c', 'c', 'agent_has_number', 'agent_has_number']);
  });

  it('a refused number is not counted as given', () => {
    const numbers = [number(TAKEN), ...several(2)];
    expect(receivers(plan('distribute', numbers, { agents: [agent('a'), agent('b')] }))).toEqual([
      'phone_number_assigned',
      'a',
      'b',
    ]);
  });

  it('taken numbers are dealt like free ones when agents may lose theirs', () => {
    const numbers = several(4, TAKEN);
    const items = plan('distribute', numbers, { agents: [agent('a'), agent('b')], reassign: true });
    expect(receivers(items)).toEqual(['a', 'b', 'a', 'b']);
  });

  it('a preview plans like the run: nothing of one is left in the other', () => {
    const agents = [agent('a', 1), agent('b', 1)];
    const both = [plan('distribute', several(3), { agents }), plan('distribute', several(3), { agents })];
    expect(both[0]).toEqual(both[1]);
  });
});
