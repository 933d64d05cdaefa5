import { reasonCodes } from '#contracts';
import { ProblemError } from '../../platform/http/problem.error.js';
import type { CallDecision } from './call-decision.js';

/** The JSON answer of the call gate. */
export function jsonAnswer(decision: CallDecision): string {
  return JSON.stringify(answerOf(decision));
}

/** The answers to a batch, in the order of its calls. */
export function batchAnswer(answers: readonly (CallDecision | ProblemError)[]): string {
  return JSON.stringify({
    decisions: answers.map((answer) => {
      if (answer instanceof ProblemError) {
        return { allowed: false, error: { code: answer.code, message: answer.message } };
      }
      return answer.outcome === 'replayed' ? { ...answerOf(answer), replayed: true } : answerOf(answer);
    }),
  });
}

function answerOf(decision: CallDecision) {
  const { limit, used } = decision;
  return {
    allowed: decision.reasonCode === 'allowed',
    authorizationId: decision.authorizationId,
    reasonCode: decision.reasonCode,
    message: reasonCodes[decision.reasonCode].message,
    from:
      decision.from === null
        ? null
        : { phoneNumberId: decision.phoneNumberId, phoneNumber: decision.from, provider: decision.provider },
    destination: {
      phoneNumber: decision.destination,
      countryCode: decision.destinationCountry,
      type: decision.destinationType,
    },
    limit,
    used,
    remaining: limit === null || used === null ? null : Math.max(limit - used, 0),
    resetsAt: decision.resetsAt,
    expiresAt: decision.expiresAt,
  };
}

/** One line for the scripts of SIP servers: `allow +12025550123` or `deny daily_limit_reached`. */
export function textAnswer(decision: CallDecision): string {
  return decision.reasonCode === 'allowed' ? `allow ${decision.from}\n` : `deny ${decision.reasonCode}\n`;
}
