import type { DecisionView } from '#contracts';
import { csvHeader, csvLine } from '../../../platform/http/exports/csv-line.js';

const columns: Record<string, (decision: DecisionView) => string | number | null> = {
  id: ({ id }) => id,
  decidedAt: ({ decidedAt }) => decidedAt,
  localDate: ({ localDate }) => localDate,
  agentId: ({ agentId }) => agentId,
  agentName: ({ agentName }) => agentName,
  assignmentId: ({ assignmentId }) => assignmentId,
  phoneNumberId: ({ phoneNumberId }) => phoneNumberId,
  from: ({ from }) => from,
  provider: ({ provider }) => provider,
  destination: ({ destination }) => destination.phoneNumber,
  destinationCountry: ({ destination }) => destination.countryCode,
  destinationType: ({ destination }) => destination.type,
  decision: ({ decision }) => decision,
  reasonCode: ({ reasonCode }) => reasonCode,
  used: ({ used }) => used,
  limit: ({ limit }) => limit,
  status: ({ status }) => status,
  expiresAt: ({ expiresAt }) => expiresAt,
  settledAt: ({ settledAt }) => settledAt,
  disposition: ({ disposition }) => disposition,
  durationSeconds: ({ durationSeconds }) => durationSeconds,
  sipCode: ({ sipCode }) => sipCode,
  externalCallId: ({ externalCallId }) => externalCallId,
  voidReason: ({ voidReason }) => voidReason,
  cost: ({ cost }) => cost,
  currency: ({ currency }) => currency,
};

export const decisionLogHeader = csvHeader(Object.keys(columns));

/** Lines of the decision log as CSV (RFC 4180). */
export function decisionLogCsv(decisions: readonly DecisionView[]): string {
  return decisions.map((decision) => csvLine(Object.values(columns).map((read) => read(decision)))).join('');
}
