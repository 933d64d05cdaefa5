import type { CallCommand, CallDecision } from '../call-decision.js';

/**
 * Decides a batch of calls in one round trip and one commit. The work is in the database function `gate_authorize`
 * (whole in migrations/schema.sql): it locks the assignments, decides by the locked rows, counts, and writes
 * the ledger. `select` without BEGIN is its own transaction, so the answer comes after commit,
 * and a process that is stopped in the middle never holds a lock.
 *
 * Timestamps come as text, in UTC as the connection is: cutting them to size is cheaper than making dates of them.
 */
export const GATE_AUTHORIZE = {
  name: 'gate_authorize',
  text: `select call_index, outcome, authorization_id, reason_code, phone_number_id, from_number, provider,
      destination, destination_country, destination_type, limit_at, used_after,
      resets_at::text, expires_at::text
    from gate_authorize($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::uuid[], $10::text[], $11::bytea[], make_interval(mins => $12), make_interval(hours => $13), $14)`,
} as const;

type Row = [
  index: number,
  outcome: CallDecision['outcome'] | 'busy',
  authorizationId: string,
  reasonCode: CallDecision['reasonCode'],
  phoneNumberId: string | null,
  from: string | null,
  provider: CallDecision['provider'],
  destination: string,
  destinationCountry: string | null,
  destinationType: CallDecision['destinationType'],
  limit: number | null,
  used: number | null,
  resetsAt: string,
  expiresAt: string | null,
];

/** The parameters of the statement: one array for each column of the batch. */
export function gateAuthorizeParameters(
  calls: readonly CallCommand[],
  leaseMinutes: number,
  keyRetentionHours: number,
  passLocked: boolean,
): unknown[] {
  return [
    arrayOf(calls, (call) => call.organizationId),
    arrayOf(calls, (call) => call.agentId),
    arrayOf(calls, (call) => call.assignmentId),
    arrayOf(calls, (call) => call.from),
    arrayOf(calls, (call) => quotedUnlessNumber(call.destination)),
    arrayOf(calls, (call) => call.destinationCountry),
    arrayOf(calls, (call) => call.destinationType),
    arrayOf(calls, (call) => call.destinationRefusal),
    arrayOf(calls, (call) => call.callerId),
    arrayOf(calls, (call) => call.idempotencyKey && quoted(call.idempotencyKey)),
    arrayOf(calls, (call) => call.fingerprint && quoted(`\\x${call.fingerprint.toString('hex')}`)),
    leaseMinutes,
    keyRetentionHours,
    passLocked,
  ];
}

/**
 * An array in PostgreSQL's text form, or null when no call has the value. Written here because the driver's own way looks
 * at every element for what it might be: these are known. Whatever a caller may spell freely comes quoted.
 */
function arrayOf(calls: readonly CallCommand[], valueOf: (call: CallCommand) => string | null): string | null {
  let text = '';
  let isEmpty = true;
  for (const call of calls) {
    const value = valueOf(call);
    if (value !== null) isEmpty = false;
    text += text === '' ? `{${value ?? 'NULL'}` : `,${value ?? 'NULL'}`;
  }
  return isEmpty ? null : `${text}}`;
}

const E164 = /^\+[0-9]+$/;

function quotedUnlessNumber(text: string): string {
  return E164.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Rows (in array mode, in no order) to decisions in the order of the calls; null for calls whose rows are locked. */
export function gateAuthorizeDecisions(rows: readonly unknown[], count: number): (CallDecision | null)[] {
  const decisions = new Array<CallDecision | null | undefined>(count);
  for (const row of rows as Row[]) {
    const [index, outcome] = row;
    if (outcome === 'busy') {
      decisions[index - 1] = null;
      continue;
    }
    decisions[index - 1] = {
      outcome,
      authorizationId: row[2],
      reasonCode: row[3],
      phoneNumberId: row[4],
      from: row[5],
      provider: row[6],
      destination: row[7],
      destinationCountry: row[8],
      destinationType: row[9],
      limit: row[10],
      used: row[11],
      resetsAt: toIso(row[12]),
      expiresAt: row[13] === null ? null : toIso(row[13]),
    };
  }
  for (let index = 0; index < count; index += 1) {
    if (decisions[index] === undefined)
      throw new Error(`The gate statement left call ${index + 1} of ${count} undecided`);
  }
  return decisions as (CallDecision | null)[];
}

/** `2026-11-22 05:00:00.123+00` to `2026-11-22T05:00:00Z`. */
function toIso(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11, 19)}Z`;
}
