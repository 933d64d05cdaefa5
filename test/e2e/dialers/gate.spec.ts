import type { Gate as GateType } from '../../../docs/dialers/examples/gate.js';
import { CALLER_ID, CANADA, DialerWorld } from './support/dialer-world.js';

const waits: number[] = [];
// Its types do not know it yet.
const { unstable_mockModule: mockModule } = import.meta.jest as unknown as {
  unstable_mockModule(name: string, factory: () => unknown): void;
};
mockModule('node:timers/promises', () => ({
  setTimeout: async (ms: number) => void waits.push(ms),
}));
const { Gate, NotDecided, RequestRefused } = await import('../../../docs/dialers/examples/gate.js');

describe('the client of the gate that the pages share', () => {
  let world: DialerWorld;

  beforeAll(async () => {
    world = await DialerWorld.open();
  });
  afterAll(async () => {
    await world?.close();
  });
  beforeEach(() => {
    world.reset();
    waits.length = 0;
  });

  const gate = (options: Partial<ConstructorParameters<typeof GateType>[0]> = {}): GateType =>
    new Gate({ ...world.gateOptions, ...options });

  it('gets the caller ID and the number to dial', async () => {
    expect(await gate().authorize(world.call('+1 416 555 0123'))).toMatchObject({
      allowed: true,
      from: { phoneNumber: CALLER_ID },
      destination: { phoneNumber: CANADA },
    });
  });

  it('waits as long as Retry-After says', async () => {
    world.proxy.retryAfter = '7';
    world.proxy.failNext('unavailable', 'unavailable');
    expect(await gate().authorize(world.call())).toMatchObject({ allowed: true });
    expect(waits).toEqual([7_000, 7_000]);
  });

  it('waits a second where Retry-After says nothing, or no number', async () => {
    world.proxy.retryAfter = 'Wed, 21 Oct 2026 07:28:00 GMT';
    world.proxy.failNext('unavailable', 'broken');
    expect(await gate().authorize(world.call())).toMatchObject({ allowed: true });
    expect(waits).toEqual([1_000, 1_000]);
  });

  it('counts a call once whose first answer was lost', async () => {
    const before = await world.counted();
    const call = world.call();
    world.proxy.failNext('lost');
    expect(await gate().authorize(call)).toMatchObject({ allowed: true });
    expect(world.proxy.keys()).toEqual([call.id, call.id]);
    expect(await world.counted()).toBe(before + 1);
  });

  it('gives up after three requests', async () => {
    world.proxy.fail('broken');
    await expect(gate().authorize(world.call())).rejects.toThrow(NotDecided);
    expect(world.proxy.requests).toHaveLength(3);
  });

  it('gives up a call whose answers were all lost, and it counts no more', async () => {
    const before = await world.counted();
    const call = world.call();
    world.proxy.failNext('lost', 'lost', 'lost');
    await expect(gate().authorize(call)).rejects.toThrow(NotDecided);
    expect(await world.counted()).toBe(before + 1);
    await gate().giveUp(call.id);
    expect(await world.record(call.id)).toMatchObject({ status: 'voided', void_reason: 'not_dialed' });
    expect(await world.counted()).toBe(before);
  });

  it('gives up a call of which the gate never heard', async () => {
    await gate().giveUp(world.call().id);
    expect(world.proxy.requests).toHaveLength(1);
  });

  it.each([
    ['a wrong key', { apiKey: 'wrong' }, {}, 401, 'authentication_required'],
    ['a number that is none', {}, { agentId: 'nobody' }, 400, 'validation_failed'],
  ])('does not retry what was refused: %s', async (_what, options, fields, status, code) => {
    const call = { ...world.call(), ...fields };
    const refused = gate(options).place(call, () => Promise.reject(new Error('dialed')));
    await expect(refused).rejects.toEqual(expect.objectContaining({ status, code }));
    await expect(refused).rejects.toBeInstanceOf(RequestRefused);
    expect(world.proxy.requests).toHaveLength(1);
  });

  it('corrects the duration, and takes another end that comes too late as settled', async () => {
    const call = world.call();
    const decision = await gate().authorize(call);
    const { authorizationId } = decision as { authorizationId: string };
    await gate().complete(authorizationId, { disposition: 'answered', durationSeconds: 3 });
    await gate().complete(authorizationId, { disposition: 'answered', durationSeconds: 4 });
    await gate().complete(authorizationId, { disposition: 'busy' });
    await gate().void(authorizationId, 'not_dialed');
    const record = { status: 'completed', disposition: 'answered', duration_seconds: 4 };
    expect(await world.record(authorizationId)).toMatchObject(record);
  });
});
