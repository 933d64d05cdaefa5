import { hash } from 'node:crypto';
import { digitsAsked, parseDestination } from '#phone';
import type { RequestContext } from '../../tenancy/tenancy.public.js';
import type { CallCommand } from './call-decision.js';
import type { CallRequest } from './call-request.js';

/** What the gate decides by: who asks, and what the numbering plans say of the destination. */
export function commandOf(context: RequestContext, request: CallRequest, idempotencyKey: string | null): CallCommand {
  const { organizationId, principal } = context;
  const parsed = parseDestination(request.destination);
  const authorizedBy = principal.kind === 'user' ? principal.userId : principal.apiKeyId;
  const destination = parsed.e164 ?? digitsAsked(request.destination) ?? request.destination;
  return {
    organizationId,
    agentId: request.agentId,
    agentExternalId: request.agentExternalId,
    assignmentId: request.assignmentId,
    from: request.from,
    destination,
    destinationCountry: parsed.countryCode,
    destinationType: parsed.type,
    destinationRefusal: parsed.refusal,
    authorizedBy,
    idempotencyKey,
    fingerprint: idempotencyKey === null ? null : fingerprintOf({ ...request, destination }, authorizedBy),
  };
}

/**
 * What makes two requests the same: who sent them, and every field, numbers by their digits and not by how they are spelled.
 * Two dialers of one organization that count
 * their calls from 1 would otherwise be told to dial on each other's authorizations, which count once.
 */
function fingerprintOf(request: CallRequest, authorizedBy: string): Buffer {
  const { agentId, agentExternalId, assignmentId, from, destination } = request;
  const asked = [authorizedBy, agentId?.toLowerCase(), assignmentId?.toLowerCase(), from, destination];
  if (agentExternalId !== null) asked.push(agentExternalId);
  return hash('sha256', JSON.stringify(asked), 'buffer');
}
