import { createHash } from 'node:crypto';
import { AccessToken, RoomServiceClient, SipClient, WebhookReceiver } from 'livekit-server-sdk';
import { LiveKitDialer } from '../../../../docs/dialers/examples/livekit.js';
import { CALLER_ID } from './dialer-world.js';
import type { PlatformUnderTest, Post } from './platform.js';

const [API_KEY, API_SECRET] = ['devkey', 'the secret of the tests, which is long enough'];

interface Facts {
  event: string;
  /** Seconds from the answer to the end; undefined: not answered. */
  spokenSeconds?: number;
}

async function send(post: Post, authorizationId: string, facts: Facts, secret = API_SECRET): Promise<number> {
  const ended = Date.parse('2026-03-01T12:10:00Z') / 1_000;
  const { event, spokenSeconds } = facts;
  const answeredAt = spokenSeconds === undefined ? {} : { 'ringfence.answeredAt': iso(ended - spokenSeconds) };
  const attributes = { 'ringfence.authorizationId': authorizationId, 'sip.callID': 'SCL_1', ...answeredAt };
  const body = JSON.stringify({ event, createdAt: String(ended), participant: { identity: 'phone', attributes } });
  const token = new AccessToken(API_KEY, secret);
  token.sha256 = createHash('sha256').update(body).digest('base64');
  return post('/status', { 'content-type': 'application/webhook+json', authorization: await token.toJwt() }, body);
}

const iso = (seconds: number): string => new Date(1_000 * seconds).toISOString();

export const livekitUnderTest: PlatformUnderTest<Facts> = {
  name: 'livekit',
  open(gate, stub) {
    const sip = new SipClient(stub.url, API_KEY, API_SECRET, { failover: false });
    const rooms = new RoomServiceClient(stub.url, API_KEY, API_SECRET);
    const receiver = new WebhookReceiver(API_KEY, API_SECRET);
    const dialer = new LiveKitDialer(gate, sip, rooms, receiver, { trunkId: 'ST_1', ringSeconds: 30 });
    return { place: (call) => dialer.place(call), webhook: (request) => dialer.webhook(request) };
  },
  reply: ({ body }) => ({
    status: 200,
    body: { participantId: 'PA_1', participantIdentity: body['participantIdentity'], roomName: body['roomName'] },
  }),
  isCreation: ({ path }) => path === '/twirp/livekit.SIP/CreateSIPParticipant',
  creation: ({ body }) => ({
    from: body['sipNumber'],
    to: body['sipCallTo'],
    authorizationId: (body['participantAttributes'] as Record<string, string>)['ringfence.authorizationId'],
  }),
  callerId: CALLER_ID,
  refusal: { status: 404, body: { code: 'not_found', msg: 'no such trunk' } },
  deliver: (post, authorizationId, facts) => send(post, authorizationId, facts),
  forge: async (post, authorizationId) => [
    await send(
      post,
      authorizationId,
      { event: 'participant_left', spokenSeconds: 1 },
      'another secret, long enough too',
    ),
    await post('/status', {}, JSON.stringify({ event: 'participant_left' })),
  ],
  ends: [
    [
      'participant_left after an answer',
      { event: 'participant_left', spokenSeconds: 42 },
      { status: 'completed', disposition: 'answered', duration_seconds: 42, external_call_id: 'SCL_1' },
    ],
    [
      'participant_left without an answer, which is settled elsewhere',
      { event: 'participant_left' },
      { status: 'authorized' },
    ],
    ['not over: participant_joined', { event: 'participant_joined', spokenSeconds: 1 }, { status: 'authorized' }],
  ],
};
