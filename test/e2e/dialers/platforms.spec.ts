import { Gate, NotDecided, NotSettled } from '../../../docs/dialers/examples/gate.js';
import { CANADA, DialerWorld } from './support/dialer-world.js';
import { jambonzUnderTest } from './support/jambonz.js';
import { livekitUnderTest } from './support/livekit.js';
import type { PlatformUnderTest, Post } from './support/platform.js';
import { retellUnderTest } from './support/retell.js';
import { telnyxUnderTest } from './support/telnyx.js';
import { twilioUnderTest } from './support/twilio.js';
import { vapiUnderTest } from './support/vapi.js';

let world: DialerWorld;

beforeAll(async () => {
  world = await DialerWorld.open();
});
afterAll(async () => {
  await world?.close();
});
beforeEach(() => world.reset());

describe('Twilio by its SDK', () => testsOf(twilioUnderTest));
describe('Telnyx by its SDK', () => testsOf(telnyxUnderTest));
describe('LiveKit by its SDK', () => {
  testsOf(livekitUnderTest);
  testsOfLiveKit();
});
describe('Vapi by HTTP', () => testsOf(vapiUnderTest));
describe('Retell by its SDK', () => testsOf(retellUnderTest));
describe('jambonz by its SDK', () => testsOf(jambonzUnderTest));

type GateOptions = Partial<ConstructorParameters<typeof Gate>[0]>;

const gate = (options: GateOptions = {}) => new Gate({ ...world.gateOptions, ...options });
const post: Post = (...webhook) => world.post(...webhook);

function testsOf<Facts>(platform: PlatformUnderTest<Facts>): void {
  const open = (options?: GateOptions) => platform.open(gate(options), world.platform);
  const creations = () => world.platform.requests.filter((request) => platform.isCreation(request));
  const place = (call = world.call(), options?: GateOptions) => open(options).place(call);

  async function placed(): Promise<string> {
    const result = await place();
    if ('denied' in result) throw new Error(`denied: ${result.denied.reasonCode}`);
    return result.authorizationId;
  }

  beforeEach(async () => {
    world.platform.reply = (request) => platform.reply(request);
    await world.serve(open().webhook);
  });

  it("creates a call that is allowed once, with the gate's caller ID and the id of the authorization", async () => {
    const authorizationId = await placed();
    const [request, ...others] = creations();
    expect(others).toEqual([]);
    expect(platform.creation(request!)).toEqual({ from: platform.callerId, to: CANADA, authorizationId });
    expect(await world.record(authorizationId)).toMatchObject({ decision: 'allowed', status: 'authorized' });
  });

  it('does not create a call that is denied', async () => {
    const result = await place(world.call('+442079460958'));
    expect(result).toMatchObject({ denied: { allowed: false, reasonCode: 'country_not_allowed' } });
    expect(world.platform.requests).toEqual([]);
  });

  it('does not create a call that the gate answered with 503, and creates it once when it is retried with its key', async () => {
    const call = world.call();
    world.proxy.fail('unavailable');
    await expect(place(call)).rejects.toThrow(NotDecided);
    expect(world.platform.requests).toEqual([]);
    expect(world.proxy.keys()).toEqual([call.id, call.id, call.id]);
    world.proxy.reset();
    await place(call);
    expect([creations().length, world.proxy.keys()]).toEqual([1, [call.id]]);
  });

  it('does not create a call that the gate did not answer in time, and creates it once when it is retried with its key', async () => {
    const call = world.call();
    world.proxy.fail('silent');
    await expect(place(call, { timeoutMs: 100, attempts: 1 })).rejects.toThrow(NotDecided);
    expect(world.platform.requests).toEqual([]);
    world.proxy.reset();
    world.proxy.failNext('unavailable');
    await place(call);
    expect([creations().length, new Set(world.proxy.keys())]).toEqual([1, new Set([call.id])]);
  });

  it('gives a call back that the platform refused', async () => {
    world.platform.reply = () => platform.refusal;
    const call = world.call();
    const before = await world.counted();
    await expect(place(call)).rejects.toThrow();
    expect(creations()).toHaveLength(1);
    expect(await world.record(call.id)).toMatchObject({ status: 'voided', void_reason: 'not_dialed' });
    expect(await world.counted()).toBe(before);
  });

  it('does not create a call again, nor give it back, when the platform failed: the phone may be ringing', async () => {
    world.platform.reply = () => ({ status: 500, body: {} });
    const call = world.call();
    await expect(place(call)).rejects.toThrow();
    expect(creations()).toHaveLength(1);
    expect(await world.record(call.id)).toMatchObject({ status: 'authorized' });
  });

  it('says of a refused call that the gate did not take back that it is not settled, and not that it may be dialed', async () => {
    world.platform.reply = () => {
      world.proxy.fail('unavailable');
      return platform.refusal;
    };
    await expect(place()).rejects.toThrow(NotSettled);
  });

  it.each(platform.ends.map(([what, ...rest]) => [what, rest] as const))('settles: %s', async (_what, [facts, row]) => {
    const authorizationId = await placed();
    expect(await platform.deliver(post, authorizationId, facts, world.platform)).toBe(204);
    expect(await world.record(authorizationId)).toMatchObject(row);
  });

  it('settles once, however often the webhook comes', async () => {
    const authorizationId = await placed();
    const [, facts, row] = platform.ends[0]!;
    const statuses = [
      await platform.deliver(post, authorizationId, facts, world.platform),
      await platform.deliver(post, authorizationId, facts, world.platform),
    ];
    expect(statuses).toEqual([204, 204]);
    expect(await world.record(authorizationId)).toMatchObject(row);
    expect(await world.settlements(authorizationId)).toBe(1);
  });

  it('keeps the first end when another comes', async () => {
    const authorizationId = await placed();
    await gate().complete(authorizationId, { disposition: 'busy' });
    expect(await platform.deliver(post, authorizationId, platform.ends[0]![1], world.platform)).toBe(204);
    expect(await world.record(authorizationId)).toMatchObject({ disposition: 'busy' });
  });

  it('refuses a forged webhook', async () => {
    const authorizationId = await placed();
    expect(await platform.forge(post, authorizationId)).toEqual([403, 403]);
    expect(await world.record(authorizationId)).toMatchObject({ status: 'authorized' });
  });

  it('asks the platform to send a webhook again whose settlement the gate did not take', async () => {
    const authorizationId = await placed();
    const [, facts, row] = platform.ends[0]!;
    world.proxy.fail('unavailable');
    expect(await platform.deliver(post, authorizationId, facts, world.platform)).toBe(503);
    world.proxy.reset();
    expect(await platform.deliver(post, authorizationId, facts, world.platform)).toBe(204);
    expect(await world.record(authorizationId)).toMatchObject(row);
  });
}

function testsOfLiveKit(): void {
  const place = (call = world.call()) => livekitUnderTest.open(gate(), world.platform).place(call);

  beforeEach(() => {
    world.platform.reply = (request) => livekitUnderTest.reply(request);
  });

  it.each([
    [486, { status: 'completed', disposition: 'busy', sip_code: 486 }],
    [603, { status: 'completed', disposition: 'rejected', sip_code: 603 }],
    [480, { status: 'completed', disposition: 'no_answer', sip_code: 480 }],
    [408, { status: 'completed', disposition: 'no_answer', sip_code: 408 }],
    [404, { status: 'completed', disposition: 'failed', sip_code: 404 }],
    [500, { status: 'completed', disposition: 'failed', sip_code: 500 }],
    [503, { status: 'voided', void_reason: 'trunk_unavailable' }],
  ])('settles a call that was not answered by its SIP code: %i', async (sipCode, row) => {
    world.platform.reply = () => ({
      status: 503,
      body: { code: 'unavailable', msg: 'call failed', meta: { sip_status_code: String(sipCode) } },
    });
    const call = world.call();
    await expect(place(call)).rejects.toThrow(`${sipCode}`);
    expect(await world.record(call.id)).toMatchObject(row);
  });

  it('marks the participant when the phone is answered', async () => {
    await place();
    const [, update] = world.platform.requests;
    expect(update).toMatchObject({
      path: '/twirp/livekit.RoomService/UpdateParticipant',
      body: { attributes: { 'ringfence.answeredAt': expect.stringMatching(/^\d{4}-.*Z$/) } },
    });
  });

  it('settles an answered call that was over before it could be marked', async () => {
    world.platform.reply = (request) =>
      livekitUnderTest.isCreation(request)
        ? livekitUnderTest.reply(request)
        : { status: 404, body: { code: 'not_found', msg: 'no such participant' } };
    const call = world.call();
    await place(call);
    expect(await world.record(call.id)).toMatchObject({ disposition: 'answered', duration_seconds: null });
  });
}
