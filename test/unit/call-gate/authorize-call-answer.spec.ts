import { batchAnswer } from '../../../apps/api/src/modules/call-gate/authorize/authorize-call.answer.js';
import type { CallDecision } from '../../../apps/api/src/modules/call-gate/policy/call-decision.js';

const refused = (reasonCode: string): CallDecision => ({
  outcome: 'decided',
  authorizationId: '01a1fd86-3801-7a8e-ad65-8ce3c2cc7de6',
  reasonCode: reasonCode as CallDecision['reasonCode'],
  phoneNumberId: null,
  from: null,
  provider: null,
  platform: null,
  platformNumberId: null,
  destination: '+14165550123',
  destinationCountry: 'CA',
  destinationType: 'MOBILE',
  limit: null,
  used: null,
  resetsAt: '2026-11-23T05:00:00Z',
  expiresAt: null,
});

describe('the answer to calls', () => {
  it('refuses for a reason that only a newer version knows', () => {
    const { decisions } = JSON.parse(batchAnswer([refused('reason_of_tomorrow'), refused('no_assignment')])) as {
      decisions: Record<string, unknown>[];
    };
    expect(decisions[0]).toMatchObject({
      allowed: false,
      reasonCode: 'reason_of_tomorrow',
      message: 'The call must not be placed, for the reason reason_of_tomorrow.',
    });
    expect(decisions[1]).toMatchObject({ allowed: false, reasonCode: 'no_assignment' });
  });
});
