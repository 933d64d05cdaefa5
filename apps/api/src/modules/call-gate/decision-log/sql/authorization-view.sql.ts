import type {
  AuthorizationStatus,
  AuthorizationView,
  CallDisposition,
  PhoneNumberProvider,
  RecordedVoidReason,
} from '#contracts';

/**
 * One line of the ledger (`l`) as people see it at an instant (`clock.at`). The date and the cost come as text: a Date
 * would put the one into the server's zone, a number would round the other.
 */
export const AUTHORIZATION_COLUMNS = `
  l.id, l.decision, l.reason_code as "reasonCode", authorization_status(l.status, l.expires_at, clock.at) as status,
  l.agent_id as "agentId", l.assignment_id as "assignmentId", l.phone_number_id as "phoneNumberId",
  l.from_number as "from", l.provider, l.destination, l.destination_country as "destinationCountry",
  l.destination_type as "destinationType", l.limit_at as "limit", l.used_after as used,
  l.local_date::text as "localDate", l.decided_at as "decidedAt", l.expires_at as "expiresAt",
  l.settled_at as "settledAt", l.disposition, l.duration_seconds as "durationSeconds", l.sip_code as "sipCode",
  l.external_call_id as "externalCallId", l.void_reason as "voidReason", l.cost::text as cost, l.currency,
  l.correction_count as "correctionCount"`;

export interface AuthorizationRow {
  id: string;
  decision: 'allowed' | 'denied';
  reasonCode: string;
  status: AuthorizationStatus;
  agentId: string | null;
  assignmentId: string | null;
  phoneNumberId: string | null;
  from: string | null;
  provider: PhoneNumberProvider | null;
  destination: string;
  destinationCountry: string | null;
  destinationType: string | null;
  limit: number | null;
  used: number | null;
  localDate: string;
  decidedAt: Date;
  expiresAt: Date | null;
  settledAt: Date | null;
  disposition: CallDisposition | null;
  durationSeconds: number | null;
  sipCode: number | null;
  externalCallId: string | null;
  voidReason: RecordedVoidReason | null;
  cost: string | null;
  currency: string | null;
  correctionCount: number;
}

export function authorizationView(row: AuthorizationRow): AuthorizationView {
  const { destination, destinationCountry, destinationType, decidedAt, expiresAt, settledAt, ...rest } = row;
  return {
    ...rest,
    destination: { phoneNumber: destination, countryCode: destinationCountry, type: destinationType },
    decidedAt: decidedAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    settledAt: settledAt?.toISOString() ?? null,
  };
}
