import { VapiDialer } from '../../../../docs/dialers/examples/vapi.js';
import { CALLER_ID } from './dialer-world.js';
import type { PlatformUnderTest, Post } from './platform.js';

const SECRET = 'the secret of the tests';

interface Facts {
  type?: string;
  endedReason?: string;
  spokenSeconds?: number;
}

function send(post: Post, authorizationId: string, facts: Facts, secret = SECRET): Promise<number> {
  const { type = 'end-of-call-report', endedReason, spokenSeconds } = facts;
  const started = Date.parse('2026-03-01T12:00:00Z');
  const times = spokenSeconds !== undefined && {
    startedAt: new Date(started).toISOString(),
    endedAt: new Date(started + 1_000 * spokenSeconds).toISOString(),
  };
  const call = { id: 'call_1', assistantOverrides: { metadata: { authorizationId } } };
  const body = JSON.stringify({ message: { type, endedReason, ...times, call } });
  return post('/status', { 'content-type': 'application/json', 'x-vapi-secret': secret }, body);
}

const placed = (disposition: string) => ({ status: 'completed', disposition, duration_seconds: null });
const SIP = 'call.in-progress.error-providerfault-outbound-sip';

export const vapiUnderTest: PlatformUnderTest<Facts> = {
  name: 'vapi',
  open(gate, stub) {
    const dialer = new VapiDialer(gate, {
      apiKey: 'key',
      assistantId: 'assistant_1',
      phoneNumberIds: { [CALLER_ID]: 'number_1' },
      webhookSecret: SECRET,
      url: stub.url,
    });
    return { place: (call) => dialer.place(call), webhook: (request) => dialer.webhook(request) };
  },
  reply: () => ({ status: 201, body: { id: 'call_1', status: 'queued' } }),
  isCreation: ({ path }) => path === '/call',
  creation({ body }) {
    const { metadata } = body['assistantOverrides'] as { metadata: { authorizationId: string } };
    const { number } = body['customer'] as { number: string };
    return { from: body['phoneNumberId'], to: number, authorizationId: metadata.authorizationId };
  },
  callerId: 'number_1',
  refusal: { status: 400, body: { message: 'customer.number must be a valid phone number', statusCode: 400 } },
  deliver: (post, authorizationId, facts) => send(post, authorizationId, facts),
  forge: async (post, authorizationId) => [
    await send(post, authorizationId, { endedReason: 'customer-ended-call' }, 'another secret'),
    await post('/status', {}, JSON.stringify({ message: { type: 'end-of-call-report' } })),
  ],
  ends: [
    [
      'customer-ended-call',
      { endedReason: 'customer-ended-call', spokenSeconds: 42 },
      { status: 'completed', disposition: 'answered', duration_seconds: 42, external_call_id: 'call_1' },
    ],
    ['voicemail', { endedReason: 'voicemail', spokenSeconds: 9 }, { disposition: 'voicemail', duration_seconds: 9 }],
    [
      'a fault in the call',
      { endedReason: 'pipeline-error-openai-llm-failed', spokenSeconds: 3 },
      { disposition: 'answered' },
    ],
    ['a reason that is new, without a time', { endedReason: 'eaten-by-a-bear' }, placed('failed')],
    ['customer-busy', { endedReason: 'customer-busy' }, placed('busy')],
    ['customer-did-not-answer', { endedReason: 'customer-did-not-answer', spokenSeconds: 20 }, placed('no_answer')],
    ['vonage-rejected', { endedReason: 'vonage-rejected' }, placed('rejected')],
    ['manually-canceled', { endedReason: 'manually-canceled' }, placed('canceled')],
    ['twilio-failed-to-connect-call', { endedReason: 'twilio-failed-to-connect-call' }, placed('failed')],
    ['SIP 480', { endedReason: `${SIP}-480-temporarily-unavailable` }, placed('no_answer')],
    [
      'SIP 503',
      { endedReason: `${SIP}-503-service-unavailable` },
      { status: 'voided', void_reason: 'trunk_unavailable' },
    ],
    [
      'call.start.error-fraud-check-failed',
      { endedReason: 'call.start.error-fraud-check-failed' },
      { status: 'voided', void_reason: 'not_dialed' },
    ],
    [
      'scheduled-call-deleted',
      { endedReason: 'scheduled-call-deleted' },
      { status: 'voided', void_reason: 'not_dialed' },
    ],
    ['not over: status-update', { type: 'status-update' }, { status: 'authorized' }],
  ],
};
