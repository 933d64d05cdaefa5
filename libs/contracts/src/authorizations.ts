import type { PhoneNumberProvider } from './resources.js';

/** `expired` is derived: the lease has run out and the authorization was not settled. It counts as used. */
export const authorizationStatuses = ['denied', 'authorized', 'completed', 'voided', 'expired'] as const;
export type AuthorizationStatus = (typeof authorizationStatuses)[number];

/** How a call ended. */
export const callDispositions = [
  'answered',
  'no_answer',
  'busy',
  'rejected',
  'failed',
  'canceled',
  'voicemail',
] as const;
export type CallDisposition = (typeof callDispositions)[number];

/** Why an authorization was given back: the call was never placed, or was none. */
export const voidReasons = [
  'not_dialed',
  'caller_abandoned',
  'trunk_unavailable',
  'duplicate_request',
  'test_call',
] as const;
export type VoidReason = (typeof voidReasons)[number];

/** What a voided call says: `client_gone` comes from the API alone, when the client hung up before the answer. */
export const recordedVoidReasons = [...voidReasons, 'client_gone'] as const;
export type RecordedVoidReason = (typeof recordedVoidReasons)[number];

/** What a later report may change on a completed call, and of which kind each is. */
export interface CorrectableFacts {
  durationSeconds: number;
  sipCode: number;
  externalCallId: string;
  /** Decimal, as text. */
  cost: string;
  currency: string;
}

/** What one later report changed on a completed call. */
export interface CorrectionView {
  correctedAt: string;
  correctedBy: {
    kind: 'user' | 'api_key';
    id: string;
    /** The e-mail of the user or the name of the key at that time. */
    label: string;
  };
  /** By field: what it was, null when it had not been reported, and what it became. A price changes as cost and currency. */
  changes: {
    [Field in keyof CorrectableFacts]?: { from: CorrectableFacts[Field] | null; to: CorrectableFacts[Field] };
  };
}

/** The record of one decision of the call gate, and of what became of it. */
export interface AuthorizationView {
  id: string;
  decision: 'allowed' | 'denied';
  /** A reason code of the day of the decision: it may have left the list since, or come to it with a newer process. */
  reasonCode: string;
  status: AuthorizationStatus;
  agentId: string | null;
  assignmentId: string | null;
  phoneNumberId: string | null;
  /** E.164. */
  from: string | null;
  provider: PhoneNumberProvider | null;
  /** The type has the name of the day of the decision too. */
  destination: { phoneNumber: string; countryCode: string | null; type: string | null };
  /** The daily limit at the decision. */
  limit: number | null;
  /** Calls of the day after the decision. */
  used: number | null;
  /** The usage day that the call counts on. */
  localDate: string;
  decidedAt: string;
  /** The end of the lease; null when denied. */
  expiresAt: string | null;
  settledAt: string | null;
  disposition: CallDisposition | null;
  durationSeconds: number | null;
  sipCode: number | null;
  externalCallId: string | null;
  voidReason: RecordedVoidReason | null;
  /** Decimal, as text. */
  cost: string | null;
  currency: string | null;
  /** How often a later report changed the completed call. The record has the newest facts. */
  correctionCount: number;
}

/** The answer to a settlement: the record as it is now. */
export interface SettlementView extends AuthorizationView {
  /** Whether this request changed what the call had been completed with before. */
  corrected: boolean;
}
