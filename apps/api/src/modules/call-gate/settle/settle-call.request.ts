import { isUuid } from '../../../platform/http/fields/parse-uuid.pipe.js';
import type { CompleteCallDto } from './dto/settle-call.dto.js';
import type { CompleteNamedCallDto, VoidNamedCallDto } from './dto/settlement.dto.js';
import type { CallName, CompletedCall } from './settlement.repository.js';

/** How the body of a request names its call. The DTO has seen to it that it does. */
export function nameOf({ authorizationId, idempotencyKey }: CompleteNamedCallDto | VoidNamedCallDto): CallName {
  return isUuid(authorizationId) ? { id: authorizationId.toLowerCase() } : { idempotencyKey: idempotencyKey ?? '' };
}

export function completedCall(body: CompleteCallDto): CompletedCall {
  return {
    disposition: body.disposition,
    durationSeconds: body.durationSeconds ?? null,
    sipCode: body.sipCode ?? null,
    externalCallId: body.externalCallId ?? null,
    cost: body.cost ?? null,
    currency: body.currency ?? null,
  };
}
