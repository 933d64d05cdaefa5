import { reasonText } from '#contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { prefersText } from '../../../platform/http/problems/accepted-form.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { CallDecision } from '../policy/call-decision.js';

/**
 * Sends the decision, as JSON or as the one line for scripts.
 *
 * @param statusOnDeny the HTTP status of a denial
 */
export function sendDecision(
  request: FastifyRequest,
  reply: FastifyReply,
  decision: CallDecision,
  statusOnDeny: 200 | 403,
): void {
  if (decision.outcome === 'replayed') void reply.header('idempotent-replayed', 'true');
  void reply.code(decision.reasonCode === 'allowed' ? 200 : statusOnDeny);
  if (prefersText(request.headers.accept)) {
    void reply.type('text/plain; charset=utf-8').send(textAnswer(decision));
  } else {
    void reply.type('application/json; charset=utf-8').send(JSON.stringify(answerOf(decision)));
  }
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
    message: reasonText(decision.reasonCode).message,
    from: callerIdOf(decision),
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

function callerIdOf({ from, phoneNumberId, provider, platform, platformNumberId }: CallDecision) {
  return from === null ? null : { phoneNumberId, phoneNumber: from, provider, platform, platformNumberId };
}

/** One line for the scripts of SIP servers: `allow +12025550123 <authorizationId>` or `deny daily_limit_reached`. */
function textAnswer({ reasonCode, from, authorizationId }: CallDecision): string {
  return reasonCode === 'allowed' ? `allow ${from} ${authorizationId}\n` : `deny ${reasonCode}\n`;
}
