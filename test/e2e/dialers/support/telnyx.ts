import { generateKeyPairSync, sign } from 'node:crypto';
import Telnyx from 'telnyx';
import { TelnyxDialer } from '../../../../docs/dialers/examples/telnyx.js';
import { CALLER_ID } from './dialer-world.js';
import type { PlatformUnderTest, Post } from './platform.js';
import type { StubPlatform } from './stub-platform.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const PUBLIC_KEY = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');

interface Facts {
  hangup_cause: string;
  sip_hangup_cause?: string;
  /** Seconds from the answer to the end. */
  spokenSeconds?: number;
}

const decoded = (text: unknown) =>
  JSON.parse(Buffer.from(String(text), 'base64').toString()) as { authorizationId: string };

const encoded = (authorizationId: string) => Buffer.from(JSON.stringify({ authorizationId })).toString('base64');

function send(post: Post, event_type: string, occurred_at: string, payload: object, forged = false): Promise<number> {
  const body = JSON.stringify({ data: { record_type: 'event', event_type, occurred_at, payload } });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = sign(null, Buffer.from(`${timestamp}|${body}`), privateKey).toString('base64');
  const headers = { 'telnyx-signature-ed25519': signature, 'telnyx-timestamp': timestamp };
  return post('/status', { 'content-type': 'application/json', ...headers }, forged ? `${body} ` : body);
}

/** Telnyx hands out the state that it was given last. */
function stateOf(authorizationId: string, stub: StubPlatform): string {
  const updates = stub.requests.filter(({ path }) => path.endsWith('/actions/client_state_update'));
  return String(updates.at(-1)?.body['client_state'] ?? encoded(authorizationId));
}

export const telnyxUnderTest: PlatformUnderTest<Facts> = {
  name: 'telnyx',
  open(gate, stub) {
    const client = new Telnyx({ apiKey: 'key', publicKey: PUBLIC_KEY, baseURL: stub.url });
    const dialer = new TelnyxDialer(gate, client, { connectionId: '7' });
    return { place: (call) => dialer.place(call), webhook: (request) => dialer.webhook(request) };
  },
  reply: () => ({ status: 200, body: { data: { call_control_id: 'v3:1' } } }),
  isCreation: ({ method, path }) => method === 'POST' && path === '/calls',
  creation: ({ body }) => ({
    from: body['from'],
    to: body['to'],
    authorizationId: decoded(body['client_state']).authorizationId,
  }),
  callerId: CALLER_ID,
  refusal: { status: 422, body: { errors: [{ code: '10011', title: 'Invalid number' }] } },
  async deliver(post, authorizationId, { spokenSeconds, ...causes }, stub) {
    const call = { call_control_id: 'v3:1' };
    const answered = Date.parse('2026-03-01T12:00:00Z');
    if (spokenSeconds !== undefined) {
      const payload = { ...call, client_state: encoded(authorizationId) };
      await send(post, 'call.answered', new Date(answered).toISOString(), payload);
    }
    const ended = new Date(answered + 1_000 * (spokenSeconds ?? 0)).toISOString();
    const client_state = stateOf(authorizationId, stub);
    return send(post, 'call.hangup', ended, { ...call, ...causes, client_state });
  },
  async forge(post, authorizationId) {
    const payload = { hangup_cause: 'normal_clearing', client_state: encoded(authorizationId) };
    return [
      await send(post, 'call.hangup', new Date().toISOString(), payload, true),
      await post('/status', {}, JSON.stringify({ data: { event_type: 'call.hangup', payload } })),
    ];
  },
  ends: [
    [
      'normal_clearing after an answer',
      { hangup_cause: 'normal_clearing', sip_hangup_cause: '200', spokenSeconds: 42 },
      { status: 'completed', disposition: 'answered', duration_seconds: 42, sip_code: 200, external_call_id: 'v3:1' },
    ],
    ['time_limit', { hangup_cause: 'time_limit', spokenSeconds: 9 }, { disposition: 'answered', duration_seconds: 9 }],
    ['normal_clearing whose answer was missed', { hangup_cause: 'normal_clearing' }, { disposition: 'answered' }],
    [
      'user_busy',
      { hangup_cause: 'user_busy', sip_hangup_cause: '486' },
      { disposition: 'busy', sip_code: 486, duration_seconds: null },
    ],
    ['timeout', { hangup_cause: 'timeout', sip_hangup_cause: '487' }, { disposition: 'no_answer' }],
    ['no_answer', { hangup_cause: 'no_answer' }, { disposition: 'no_answer' }],
    ['call_rejected', { hangup_cause: 'call_rejected', sip_hangup_cause: '603' }, { disposition: 'rejected' }],
    ['originator_cancel', { hangup_cause: 'originator_cancel' }, { disposition: 'canceled' }],
    ['not_found', { hangup_cause: 'not_found', sip_hangup_cause: '404' }, { disposition: 'failed', sip_code: 404 }],
    [
      'unspecified',
      { hangup_cause: 'unspecified', sip_hangup_cause: 'unspecified' },
      { disposition: 'failed', sip_code: null },
    ],
    ['a cause that is new', { hangup_cause: 'eaten_by_a_bear' }, { disposition: 'failed' }],
  ],
};
