import Retell from 'retell-sdk';
import { RetellDialer } from '../../../../docs/dialers/examples/retell.js';
import { CALLER_ID } from './dialer-world.js';
import type { PlatformUnderTest, Post } from './platform.js';

const API_KEY = 'the key of the tests';

interface Facts {
  event?: string;
  disconnection_reason: string;
  duration_ms?: number;
}

async function send(post: Post, authorizationId: string, facts: Facts, key = API_KEY): Promise<number> {
  const { event = 'call_ended', ...call } = facts;
  const body = JSON.stringify({ event, call: { call_id: 'call_1', ...call, metadata: { authorizationId } } });
  return post('/status', { 'x-retell-signature': await Retell.sign(body, key) }, body);
}

const placed = (disposition: string) => ({ status: 'completed', disposition, duration_seconds: null });
const voided = (void_reason: string) => ({ status: 'voided', void_reason });

export const retellUnderTest: PlatformUnderTest<Facts> = {
  name: 'retell',
  open(gate, stub) {
    const client = new Retell({ apiKey: API_KEY, baseURL: stub.url });
    const dialer = new RetellDialer(gate, client, API_KEY);
    return { place: (call) => dialer.place(call), webhook: (request) => dialer.webhook(request) };
  },
  reply: () => ({ status: 201, body: { call_id: 'call_1' } }),
  isCreation: ({ path }) => path === '/v2/create-phone-call',
  creation: ({ body }) => ({
    from: body['from_number'],
    to: body['to_number'],
    authorizationId: (body['metadata'] as Record<string, string>)['authorizationId'],
  }),
  callerId: CALLER_ID,
  refusal: { status: 402, body: { status: 'error', message: 'Trial has ended' } },
  deliver: (post, authorizationId, facts) => send(post, authorizationId, facts),
  forge: async (post, authorizationId) => [
    await send(post, authorizationId, { disconnection_reason: 'user_hangup' }, 'another key'),
    await post('/status', {}, JSON.stringify({ event: 'call_ended', call: { metadata: { authorizationId } } })),
  ],
  ends: [
    [
      'user_hangup',
      { disconnection_reason: 'user_hangup', duration_ms: 41_600 },
      { status: 'completed', disposition: 'answered', duration_seconds: 42, external_call_id: 'call_1' },
    ],
    [
      'voicemail_reached',
      { disconnection_reason: 'voicemail_reached', duration_ms: 9_000 },
      { disposition: 'voicemail', duration_seconds: 9 },
    ],
    [
      'error_llm_websocket_open',
      { disconnection_reason: 'error_llm_websocket_open', duration_ms: 900 },
      { disposition: 'answered' },
    ],
    ['error_unknown without a duration', { disconnection_reason: 'error_unknown' }, placed('failed')],
    ['manual_stopped while it rang', { disconnection_reason: 'manual_stopped' }, placed('canceled')],
    ['dial_busy', { disconnection_reason: 'dial_busy' }, placed('busy')],
    ['dial_no_answer', { disconnection_reason: 'dial_no_answer' }, placed('no_answer')],
    ['dial_failed', { disconnection_reason: 'dial_failed' }, placed('failed')],
    ['user_declined', { disconnection_reason: 'user_declined' }, placed('rejected')],
    ['no_valid_payment', { disconnection_reason: 'no_valid_payment' }, voided('not_dialed')],
    ['concurrency_limit_reached', { disconnection_reason: 'concurrency_limit_reached' }, voided('not_dialed')],
    [
      'telephony_provider_unavailable',
      { disconnection_reason: 'telephony_provider_unavailable' },
      voided('trunk_unavailable'),
    ],
    ['not over: call_started', { event: 'call_started', disconnection_reason: '' }, { status: 'authorized' }],
  ],
};
