import type { DestinationType, PhoneNumberProvider, ReasonCode, VoicePlatform } from '#contracts';

/** One call as the gate's statement takes it: the destination is parsed, the caller is known. */
export interface CallCommand {
  organizationId: string;
  agentId: string | null;
  /** The external id by which the call names its agent. Beside `agentId` it has to be of that agent. */
  agentExternalId: string | null;
  assignmentId: string | null;
  from: string | null;
  /** E.164, whose digits are those that were sent. A refused one: its digits, or the text as it was sent when it is none. */
  destination: string;
  /** Country of the parsed number, never one that a caller sends (invariant G8). */
  destinationCountry: string | null;
  destinationType: DestinationType | null;
  destinationRefusal: Extract<ReasonCode, 'destination_invalid' | 'destination_emergency'> | null;
  /** User or API key on whose behalf the call is authorized. */
  authorizedBy: string;
  idempotencyKey: string | null;
  /** SHA-256 of what was asked, its numbers by their digits, to recognize a key that comes with another request. */
  fingerprint: Buffer | null;
}

/**
 * What was decided, or what an earlier request with the same idempotency key was told, unless the call that was allowed
 * then may not be placed any more.
 */
export interface CallDecision {
  outcome: 'decided' | 'replayed' | 'key_reused';
  authorizationId: string;
  reasonCode: ReasonCode;
  phoneNumberId: string | null;
  from: string | null;
  provider: PhoneNumberProvider | null;
  /** The platform link of the number; null when it has none. */
  platform: VoicePlatform | null;
  platformNumberId: string | null;
  destination: string;
  destinationCountry: string | null;
  destinationType: DestinationType | null;
  limit: number | null;
  used: number | null;
  resetsAt: string;
  expiresAt: string | null;
}
