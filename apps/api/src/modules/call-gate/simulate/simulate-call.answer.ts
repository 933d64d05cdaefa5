import {
  callCheckList,
  type CallCandidateView,
  type CallCheck,
  type CallCheckResult,
  type CallRule,
  type CallSimulationView,
  reasonText,
} from '#contracts';
import type { CallCommand } from '../policy/call-decision.js';
import { ruleOf } from './call-rules.js';
import type { SimulateCallRow } from './sql/simulate-call.sql.js';

type Destination = Pick<CallCommand, 'destination' | 'destinationCountry' | 'destinationType' | 'destinationRefusal'>;

/** The answer of a simulation. Its decision is that of the first candidate, as the gate takes it, or that there is none. */
export function simulationOf(call: Destination, rows: readonly SimulateCallRow[]): CallSimulationView {
  const candidates = rows.filter((row) => row.assignment_id !== null).map((row) => candidateOf(call, row));
  const first = candidates[0] ?? null;
  const reasonCode = rows[0]!.reason;
  const allowed = reasonCode === 'allowed';
  const used = first === null ? null : first.used + Number(allowed);
  return {
    allowed,
    reasonCode,
    message: reasonText(reasonCode).message,
    from: first?.from ?? null,
    destination: {
      phoneNumber: call.destination,
      countryCode: call.destinationCountry,
      type: call.destinationType,
    },
    limit: first?.limit ?? null,
    used,
    remaining: first === null || used === null ? null : Math.max(first.limit - used, 0),
    resetsAt: first?.resetsAt ?? rows[0]!.organization_resets_at,
    candidates,
  };
}

function candidateOf(call: Destination, row: SimulateCallRow): CallCandidateView {
  return {
    assignmentId: row.assignment_id,
    agentId: row.agent_id,
    from: {
      phoneNumberId: row.phone_number_id,
      phoneNumber: row.from_number,
      provider: row.provider,
      platform: row.platform,
      platformNumberId: row.platform_number_id,
    },
    limit: row.daily_limit,
    used: row.used,
    resetsAt: row.resets_at,
    usageDay: { localDate: row.usage_day, rule: timeZoneRule(row) },
    reasonCode: row.reason,
    checks: callCheckList.map((check) => {
      const result = resultOf(check, row);
      return {
        check,
        result,
        reasonCode: result === 'failed' ? row.checks[check] : null,
        rule: ruleOf(check, call, row),
      };
    }),
  };
}

/** What could not be read has neither type nor country to check, and a number of no country has no country. */
function resultOf(check: CallCheck, row: SimulateCallRow): CallCheckResult {
  const isOfDestination = check === 'number_type' || check === 'country';
  if (isOfDestination && row.checks.destination !== null) return 'skipped';
  if (check === 'country' && row.checks.country_is_free) return 'skipped';
  return row.checks[check] === null ? 'passed' : 'failed';
}

function timeZoneRule({ time_zone: value }: SimulateCallRow): CallRule {
  const description = `The usage day ends at midnight in ${value}, the time zone of the organization.`;
  return { source: 'organization', field: 'timeZone', value, description };
}
