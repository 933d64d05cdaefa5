import { reasonCodes } from '#contracts';
import type { OperationExamples } from './add-examples.js';
import { AGENT, ASSIGNMENT, AUTHORIZATION, NUMBER, OTHER_AUTHORIZATION } from './ids.js';

const caller = {
  phoneNumberId: NUMBER,
  phoneNumber: '+12025550123',
  provider: 'telnyx',
  platform: null,
  platformNumberId: null,
};
const destination = { phoneNumber: '+14165550123', countryCode: 'CA', type: 'FIXED_LINE_OR_MOBILE' };
const tomorrow = '2026-11-03T05:00:00.000Z';

const allowed = {
  allowed: true,
  authorizationId: AUTHORIZATION,
  reasonCode: 'allowed',
  message: reasonCodes.allowed.message,
  from: caller,
  destination,
  limit: 40,
  used: 12,
  remaining: 28,
  resetsAt: tomorrow,
  expiresAt: '2026-11-02T17:30:00.000Z',
};

const denied = {
  allowed: false,
  authorizationId: OTHER_AUTHORIZATION,
  reasonCode: 'daily_limit_reached',
  message: reasonCodes.daily_limit_reached.message,
  from: null,
  destination,
  limit: 40,
  used: 40,
  remaining: 0,
  resetsAt: tomorrow,
  expiresAt: null,
};

const authorization = {
  id: AUTHORIZATION,
  decision: 'allowed',
  reasonCode: 'allowed',
  agentId: AGENT,
  assignmentId: ASSIGNMENT,
  phoneNumberId: NUMBER,
  from: '+12025550123',
  provider: 'telnyx',
  destination,
  limit: 40,
  used: 12,
  localDate: '2026-11-02',
  decidedAt: '2026-11-02T15:30:00.000Z',
  expiresAt: '2026-11-02T17:30:00.000Z',
};

const unsettled = {
  status: 'authorized',
  settledAt: null,
  disposition: null,
  durationSeconds: null,
  sipCode: null,
  externalCallId: null,
  voidReason: null,
  cost: null,
  currency: null,
  correctionCount: 0,
};

const answered = {
  disposition: 'answered',
  durationSeconds: 184,
  sipCode: 200,
  externalCallId: 'b2bua-7f3a',
  cost: '0.0135',
  currency: 'USD',
};

const completed = {
  ...authorization,
  ...unsettled,
  ...answered,
  status: 'completed',
  settledAt: '2026-11-02T15:33:12.000Z',
};

const voided = {
  ...authorization,
  ...unsettled,
  status: 'voided',
  settledAt: '2026-11-02T15:30:02.000Z',
  voidReason: 'trunk_unavailable',
};

const decision = { ...completed, message: reasonCodes.allowed.message, agentName: 'Reception bot' };

const completedAnswer = {
  200: { completed: { summary: 'The call is completed', value: { ...completed, corrected: false } } },
};
const voidedAnswer = { 200: { voided: { summary: 'The call is given back', value: { ...voided, corrected: false } } } };

const ofAssignment = (field: string, value: unknown, description: string) => ({
  source: 'assignment',
  field,
  value,
  description,
});

export const callGateExamples: Record<string, OperationExamples> = {
  authorizeCall: {
    request: {
      agent: {
        summary: 'Any number of an agent',
        value: { agentId: AGENT, destination: '+14165550123' },
      },
      number: {
        summary: 'A number that the dialer has chosen',
        value: { agentId: AGENT, from: '+12025550123', destination: '+14165550123' },
      },
    },
    responses: {
      200: {
        allowed: { summary: 'Dial, from the number that is answered', value: allowed },
        denied: { summary: 'Do not dial', value: denied },
      },
      403: { denied: { summary: 'Do not dial; asked with statusOnDeny=403', value: denied } },
    },
  },
  authorizeCalls: {
    request: {
      two: {
        summary: 'Two calls, each with a key of its own',
        value: {
          calls: [
            { agentId: AGENT, destination: '+14165550123', idempotencyKey: 'campaign-7/lead-1' },
            { agentId: AGENT, destination: '+14165550124', idempotencyKey: 'campaign-7/lead-2' },
          ],
        },
      },
    },
    responses: {
      200: {
        two: {
          summary: 'The first may be dialed, the second could not be decided',
          value: {
            decisions: [
              allowed,
              {
                allowed: false,
                error: {
                  code: 'gate_unavailable',
                  message: 'The call gate cannot decide right now. Do not dial; ask again with the same key.',
                },
              },
            ],
          },
        },
      },
    },
  },
  completeCall: {
    request: {
      answered: { summary: 'It was answered', value: answered },
      busy: { summary: 'The line was busy', value: { disposition: 'busy', sipCode: 486 } },
    },
    responses: completedAnswer,
  },
  voidCall: {
    request: { trunk: { summary: 'The carrier was not reached', value: { reason: 'trunk_unavailable' } } },
    responses: voidedAnswer,
  },
  completeNamedCall: {
    request: {
      key: {
        summary: 'By the key that it was authorized with',
        value: { idempotencyKey: 'campaign-7/lead-1', disposition: 'no_answer', sipCode: 480 },
      },
      id: { summary: 'By its id', value: { authorizationId: AUTHORIZATION, ...answered } },
    },
    responses: completedAnswer,
  },
  voidNamedCall: {
    request: {
      key: {
        summary: 'By the key, when the answer never came',
        value: { idempotencyKey: 'campaign-7/lead-1', reason: 'not_dialed' },
      },
    },
    responses: voidedAnswer,
  },
  settleCalls: {
    request: {
      both: {
        summary: 'One call to complete, one to void',
        value: {
          complete: [{ authorizationId: AUTHORIZATION, disposition: 'answered', durationSeconds: 184 }],
          void: [{ idempotencyKey: 'campaign-7/lead-2', reason: 'not_dialed' }],
        },
      },
    },
    responses: {
      200: {
        both: {
          summary: 'The first is completed, of the second nothing was counted',
          value: {
            complete: [{ authorizationId: AUTHORIZATION, status: 'completed', corrected: false }],
            void: [{ error: { code: 'record_not_found', message: 'There is no such authorization.' } }],
          },
        },
      },
    },
  },
  simulateCall: {
    request: {
      agent: { summary: 'As authorize would be asked', value: { agentId: AGENT, destination: '+14165550123' } },
    },
    responses: {
      200: {
        denied: {
          summary: 'The country is not allowed',
          value: {
            allowed: false,
            reasonCode: 'country_not_allowed',
            message: reasonCodes.country_not_allowed.message,
            from: null,
            destination,
            limit: 40,
            used: 12,
            remaining: 28,
            resetsAt: tomorrow,
            candidates: [
              {
                assignmentId: ASSIGNMENT,
                agentId: AGENT,
                from: caller,
                limit: 40,
                used: 12,
                resetsAt: tomorrow,
                usageDay: {
                  localDate: '2026-11-02',
                  rule: {
                    source: 'organization',
                    field: 'timeZone',
                    value: 'America/New_York',
                    description: 'The day ends at midnight in America/New_York.',
                  },
                },
                reasonCode: 'country_not_allowed',
                checks: [
                  {
                    check: 'country',
                    result: 'failed',
                    reasonCode: 'country_not_allowed',
                    rule: ofAssignment('allowedCountries', ['US'], 'The assignment allows US.'),
                  },
                  {
                    check: 'daily_limit',
                    result: 'passed',
                    reasonCode: null,
                    rule: ofAssignment('dailyLimit', 40, '12 of 40 calls are used on 2026-11-02.'),
                  },
                ],
              },
            ],
          },
        },
      },
    },
  },
  listDecisions: {
    responses: {
      200: {
        page: {
          summary: 'One decision, and no further page',
          value: { items: [decision], nextCursor: null, scannedTo: null },
        },
      },
    },
  },
  getDecision: {
    responses: { 200: { completed: { summary: 'A completed call', value: { ...decision, corrections: [] } } } },
  },
};
