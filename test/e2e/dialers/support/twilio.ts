import twilio from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import { TwilioDialer } from '../../../../docs/dialers/examples/twilio.js';
import { CALLER_ID, PUBLIC_URL } from './dialer-world.js';
import type { PlatformUnderTest, Post } from './platform.js';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const AUTH_TOKEN = 'the auth token of the tests';

/** The SDK has no option for the address of the API. */
class StubbedClient extends twilio.RequestClient {
  constructor(private readonly url: string) {
    super();
  }

  override request<Data>(options: RequestClient.RequestOptions<Data>) {
    const { host, pathname } = new URL(options.uri);
    if (host !== 'api.twilio.com') throw new Error(`The SDK calls ${host}`);
    return super.request<Data>({ ...options, uri: `${this.url}${pathname}` });
  }
}

type Facts = Record<string, string>;

function send(post: Post, authorizationId: string, facts: Facts, signature?: string): Promise<number> {
  const path = `/status?authorizationId=${authorizationId}`;
  const params = { CallSid: 'CA1', ...facts };
  const signed = twilio.getExpectedTwilioSignature(AUTH_TOKEN, `${PUBLIC_URL}${path}`, params);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature ?? signed };
  return post(path, headers, new URLSearchParams(params).toString());
}

export const twilioUnderTest: PlatformUnderTest<Facts> = {
  name: 'twilio',
  open(gate, stub) {
    const client = twilio(ACCOUNT, AUTH_TOKEN, { httpClient: new StubbedClient(stub.url) });
    const settings = {
      authToken: AUTH_TOKEN,
      twimlUrl: 'https://dialer.example/twiml',
      statusUrl: `${PUBLIC_URL}/status`,
    };
    const dialer = new TwilioDialer(gate, client, settings);
    return { place: (call) => dialer.place(call), webhook: (request) => dialer.webhook(request) };
  },
  reply: () => ({ status: 201, body: { sid: 'CA1' } }),
  isCreation: ({ method, path }) => method === 'POST' && path === `/2010-04-01/Accounts/${ACCOUNT}/Calls.json`,
  creation({ body }) {
    const callback = new URL(String(body['StatusCallback']));
    return { from: body['From'], to: body['To'], authorizationId: callback.searchParams.get('authorizationId') };
  },
  callerId: CALLER_ID,
  refusal: { status: 400, body: { code: 21211, message: 'Invalid To number', status: 400 } },
  deliver: (post, authorizationId, facts) => send(post, authorizationId, facts),
  forge: async (post, authorizationId) => [
    await send(post, authorizationId, { CallStatus: 'completed' }, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA='),
    await post(`/status?authorizationId=${authorizationId}`, {}, 'CallStatus=completed'),
  ],
  ends: [
    [
      'completed',
      { CallStatus: 'completed', CallDuration: '42', SipResponseCode: '200' },
      { status: 'completed', disposition: 'answered', duration_seconds: 42, sip_code: 200, external_call_id: 'CA1' },
    ],
    [
      'completed by a machine',
      { CallStatus: 'completed', CallDuration: '9', AnsweredBy: 'machine_end_beep' },
      { disposition: 'voicemail', duration_seconds: 9 },
    ],
    ['busy', { CallStatus: 'busy', SipResponseCode: '486' }, { disposition: 'busy', sip_code: 486 }],
    ['no-answer', { CallStatus: 'no-answer', SipResponseCode: '487' }, { disposition: 'no_answer', sip_code: 487 }],
    ['canceled', { CallStatus: 'canceled' }, { disposition: 'canceled', duration_seconds: null, sip_code: null }],
    ['failed', { CallStatus: 'failed', SipResponseCode: '404' }, { disposition: 'failed', sip_code: 404 }],
    ['not over: ringing', { CallStatus: 'ringing' }, { status: 'authorized' }],
  ],
};
