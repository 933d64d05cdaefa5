import { hash } from 'node:crypto';
import { parseDestination } from '#phone';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import type { CallCommand } from './call-decision.js';
import type { CallRequest } from './call-request.js';

/** What the gate decides by: who asks, and what the numbering plans say of the destination. */
export function commandOf(context: RequestContext, request: CallRequest, idempotencyKey: string | null): CallCommand {
  const { organizationId, principal } = context;
  const parsed = parseDestination(request.destination);
  return {
    organizationId,
    agentId: request.agentId,
    assignmentId: request.assignmentId,
    from: request.from,
    destination: parsed.e164 ?? request.destination,
    destinationCountry: parsed.countryCode,
    destinationType: parsed.type,
    destinationRefusal: parsed.refusal,
    authorizedBy: principal.kind === 'user' ? principal.userId : principal.apiKeyId,
    idempotencyKey,
    fingerprint: idempotencyKey === null ? null : fingerprintOf(request),
  };
}

/** What makes two requests the same: every field, as it was sent. */
function fingerprintOf(request: CallRequest): Buffer {
  const { agentId, assignmentId, from, destination } = request;
  return hash(
    'sha256',
    JSON.stringify([agentId?.toLowerCase(), assignmentId?.toLowerCase(), from, destination]),
    'buffer',
  );
}
