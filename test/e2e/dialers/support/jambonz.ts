import { createHmac } from 'node:crypto';
import { JambonzClient } from '@jambonz/sdk/client';
import { JambonzDialer } from '../../../../docs/dialers/examples/jambonz.js';
import { CALLER_ID } from './dialer-world.js';
import type { PlatformUnderTest, Post } from './platform.js';

const SECRET = 'the secret of the tests';

interface Facts {
  call_status: string;
  sip_status?: number;
  duration?: number;
  parent_call_sid?: string;
  /** The name that newer versions give to the tag. */
  snakeCase?: boolean;
}

function send(post: Post, authorizationId: string, facts: Facts, secret = SECRET): Promise<number> {
  const { snakeCase, ...status } = facts;
  const tag = { [snakeCase ? 'customer_data' : 'customerData']: { authorizationId } };
  const body = JSON.stringify({ call_sid: 'sid-1', direction: 'outbound', ...status, ...tag });
  const t = Math.floor(Date.now() / 1_000);
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  return post('/status', { 'content-type': 'application/json', 'jambonz-signature': `t=${t},v1=${v1}` }, body);
}

export const jambonzUnderTest: PlatformUnderTest<Facts> = {
  name: 'jambonz',
  open(gate, stub) {
    const client = new JambonzClient({ baseUrl: stub.url, accountSid: 'account-1', apiKey: 'key' });
    const dialer = new JambonzDialer(gate, client, { applicationSid: 'application-1', webhookSecret: SECRET });
    return { place: (call) => dialer.place(call), webhook: (request) => dialer.webhook(request) };
  },
  reply: () => ({ status: 201, body: { sid: 'sid-1' } }),
  isCreation: ({ method, path }) => method === 'POST' && path === '/v1/Accounts/account-1/Calls',
  creation: ({ body }) => ({
    from: body['from'],
    to: (body['to'] as { number: string }).number,
    authorizationId: (body['tag'] as { authorizationId: string }).authorizationId,
  }),
  callerId: CALLER_ID,
  refusal: { status: 400, body: { msg: 'no carrier' } },
  deliver: (post, authorizationId, facts) => send(post, authorizationId, facts),
  forge: async (post, authorizationId) => [
    await send(post, authorizationId, { call_status: 'completed' }, 'another secret'),
    await post('/status', {}, JSON.stringify({ call_status: 'completed', customerData: { authorizationId } })),
  ],
  ends: [
    [
      'completed',
      { call_status: 'completed', sip_status: 200, duration: 42 },
      { status: 'completed', disposition: 'answered', duration_seconds: 42, external_call_id: 'sid-1' },
    ],
    [
      'completed, of a newer version',
      { call_status: 'completed', duration: 1, snakeCase: true },
      { disposition: 'answered' },
    ],
    ['busy', { call_status: 'busy', sip_status: 486 }, { disposition: 'busy', sip_code: 486 }],
    ['no-answer', { call_status: 'no-answer', sip_status: 487 }, { disposition: 'no_answer', sip_code: 487 }],
    ['failed with 404', { call_status: 'failed', sip_status: 404 }, { disposition: 'failed', sip_code: 404 }],
    ['failed with 603', { call_status: 'failed', sip_status: 603 }, { disposition: 'rejected', sip_code: 603 }],
    ['failed with 480', { call_status: 'failed', sip_status: 480 }, { disposition: 'no_answer', sip_code: 480 }],
    ['failed without a code', { call_status: 'failed' }, { disposition: 'failed', sip_code: null }],
    [
      'failed with 503',
      { call_status: 'failed', sip_status: 503 },
      { status: 'voided', void_reason: 'trunk_unavailable' },
    ],
    ['not over: in-progress', { call_status: 'in-progress', sip_status: 200 }, { status: 'authorized' }],
    [
      'the other end of a bridged call',
      { call_status: 'no-answer', parent_call_sid: 'sid-0' },
      { status: 'authorized' },
    ],
  ],
};
