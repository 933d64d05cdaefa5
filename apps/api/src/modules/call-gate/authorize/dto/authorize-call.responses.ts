import { type ApiResponseNoStatusOptions, getSchemaPath } from '@nestjs/swagger';
import { problemForms, textForm } from '../../../../platform/http/problems/problem.schema.js';
import { CallDecisionDto } from './authorize-call.dto.js';

const decision = { schema: { $ref: getSchemaPath(CallDecisionDto) } };

const headers = {
  'Idempotent-Replayed': {
    description:
      'Stands here when the Idempotency-Key was used before: this is the answer of that time, or a denial because the call ' +
      'that was allowed then may not be placed any more. `limit`, `used` and `remaining` are of that time.',
    schema: { type: 'string' as const, enum: ['true'] },
  },
};

/** Documents the answers of an authorization, in both forms; `sendDecision` gives them. */
export const decided: ApiResponseNoStatusOptions = {
  description: 'The decision: the call is allowed or denied.',
  headers,
  content: { 'application/json': decision },
  ...textForm(
    '^(allow \\+[0-9]+ [0-9a-f-]{36}|deny [a-z_]+)\\n$',
    'allow +12025550123 018f3c2a-7b1c-7c3e-9f00-5a1b2c3d4e5f\n',
  ),
};

export const deniedByStatus: ApiResponseNoStatusOptions = {
  description:
    'The decision, with the body that 200 would have, when the call is denied and was asked about with ' +
    '`statusOnDeny=403`. Or a problem with the code `permission_denied`: the caller may not ask.',
  headers,
  content: { 'application/json': decision, ...problemForms(['permission_denied']).content },
  ...textForm('^(deny|error) [a-z_]+\\n$', 'deny daily_limit_reached\n'),
};

/** How long a client waits for the answer, and why. */
export const ABOUT_TIMEOUTS =
  'Give the request a timeout of 3 seconds: the gate itself gives up after 2 and then answers 503, and the third second is ' +
  'for the way. A client that stops sooner hangs up on calls that are being decided. No answer means: do not dial. After 503 ' +
  'ask again after `Retry-After` seconds with the same idempotency key, and a decision that was made although its answer got ' +
  'lost is answered, counted once.';
