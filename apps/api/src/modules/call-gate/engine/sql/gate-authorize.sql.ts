import type { CallCommand, CallDecision } from '../../policy/call-decision.js';
import type { TextRow } from '../gate-connection.js';

/**
 * Decides a batch of calls in one round trip and one commit. The work is in the database function `gate_authorize`
 * (migrations/functions/gate/gate_authorize.sql): it locks the assignments, decides by the locked rows, counts, and writes
 * the ledger. `select` without BEGIN is its own transaction, so a process that is stopped in the middle never holds a lock.
 *
 * The decisions come as the calls went: one row, with an array in PostgreSQL's text form for each column. To read a
 * row for each call took the driver a tenth of the API's time (ADR 9). What a decision repeats of its call stays away,
 * except for replays, which tell what was asked then.
 */
export const GATE_AUTHORIZE = {
  name: 'gate_authorize',
  text: `select array_agg(call_index)::text, array_agg(outcome)::text, array_agg(authorization_id)::text,
      array_agg(reason_code)::text, array_agg(phone_number_id)::text, array_agg(from_number)::text,
      array_agg(provider)::text, array_agg(limit_at)::text, array_agg(used_after)::text, array_agg(resets_at)::text,
      array_agg(expires_at)::text,
      (json_agg(json_build_array(call_index, destination, destination_country, destination_type))
        filter (where outcome = 'replayed'))::text,
      (json_agg(json_build_array(call_index, platform, platform_number_id))
        filter (where platform_number_id is not null))::text
    from gate_authorize($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::uuid[], $10::text[], $11::bytea[], make_interval(mins => $12), make_interval(hours => $13), $14, $15::text[])`,
} as const;

type Destination = Pick<CallDecision, 'destination' | 'destinationCountry' | 'destinationType'>;

type ReplayedDestination = [
  index: number,
  destination: string,
  country: string | null,
  type: Destination['destinationType'],
];

type PlatformLink = readonly [
  index: number,
  platform: CallDecision['platform'],
  platformNumberId: CallDecision['platformNumberId'],
];
const NO_LINK: PlatformLink = [0, null, null];

/** The parameters of the statement: one array for each column of the batch. */
export function gateAuthorizeParameters(
  calls: readonly CallCommand[],
  leaseMinutes: number,
  keyRetentionHours: number,
  passLocked: boolean,
): (string | null)[] {
  return [
    arrayOf(calls, (call) => call.organizationId),
    arrayOf(calls, (call) => call.agentId),
    arrayOf(calls, (call) => call.assignmentId),
    arrayOf(calls, (call) => call.from),
    arrayOf(calls, (call) => quotedUnlessNumber(call.destination)),
    arrayOf(calls, (call) => call.destinationCountry),
    arrayOf(calls, (call) => call.destinationType),
    arrayOf(calls, (call) => call.destinationRefusal),
    arrayOf(calls, (call) => call.authorizedBy),
    arrayOf(calls, (call) => call.idempotencyKey && quoted(call.idempotencyKey)),
    arrayOf(calls, (call) => call.fingerprint && quoted(`\\x${call.fingerprint.toString('hex')}`)),
    String(leaseMinutes),
    String(keyRetentionHours),
    String(passLocked),
    arrayOf(calls, (call) => call.agentExternalId && quoted(call.agentExternalId)),
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

/**
 * The one row, eleven arrays, the destinations of replayed calls and the platform links, to decisions in the order of the calls; null for
 * calls whose rows are locked.
 */
export function gateAuthorizeDecisions(row: TextRow, calls: readonly CallCommand[]): (CallDecision | null)[] {
  const column = (index: number) => elementsOf(row[index]!);
  const [indexes, outcomes, ids, reasons] = [column(0), column(1), column(2), column(3)];
  const [numberIds, froms, providers] = [column(4), column(5), column(6)];
  const [limits, used, resetsAt, expiresAt] = [column(7), column(8), column(9), column(10)];
  const replayed = byCall<ReplayedDestination>(row[11]!);
  const links = byCall<PlatformLink>(row[12]!);
  const decisions = new Array<CallDecision | null | undefined>(calls.length);
  for (let offset = 0; offset < indexes.length; offset += 1) {
    const index = Number(indexes[offset]);
    const outcome = outcomes[offset] as CallDecision['outcome'] | 'busy';
    if (outcome === 'busy') {
      decisions[index - 1] = null;
      continue;
    }
    const destination = outcome === 'replayed' ? asAskedThen(replayed.get(index)!) : calls[index - 1]!;
    const [, platform, platformNumberId] = links.get(index) ?? NO_LINK;
    decisions[index - 1] = {
      outcome,
      authorizationId: ids[offset]!,
      reasonCode: reasons[offset] as CallDecision['reasonCode'],
      phoneNumberId: textOf(numberIds[offset]!),
      from: textOf(froms[offset]!),
      provider: textOf(providers[offset]!) as CallDecision['provider'],
      platform,
      platformNumberId,
      destination: destination.destination,
      destinationCountry: destination.destinationCountry,
      destinationType: destination.destinationType,
      limit: numberOf(limits[offset]!),
      used: numberOf(used[offset]!),
      resetsAt: isoOf(resetsAt[offset]!),
      expiresAt: expiresAt[offset] === 'NULL' ? null : isoOf(expiresAt[offset]!),
    };
  }
  for (let index = 0; index < calls.length; index += 1) {
    if (decisions[index] === undefined)
      throw new Error(`The gate statement left call ${index + 1} of ${calls.length} undecided`);
  }
  return decisions as (CallDecision | null)[];
}

/** Rows that begin with the index of their call. Few batches have any. */
function byCall<Row extends readonly [index: number, ...unknown[]]>(json: string | null): ReadonlyMap<number, Row> {
  if (json === null) return new Map();
  return new Map((JSON.parse(json) as Row[]).map((row) => [row[0], row]));
}

function asAskedThen([, destination, destinationCountry, destinationType]: ReplayedDestination): Destination {
  return { destination, destinationCountry, destinationType };
}

/** The elements of an array whose elements have no comma: ids, codes, numbers and timestamps. */
function elementsOf(array: string | null): string[] {
  return array === null ? [] : array.slice(1, -1).split(',');
}

const textOf = (element: string): string | null => (element === 'NULL' ? null : element);
const numberOf = (element: string): number | null => (element === 'NULL' ? null : Number(element));

/** `"2026-11-22 05:00:00.123+00"`, in UTC as the connection is, to `2026-11-22T05:00:00Z`: cheaper than a date. */
const isoOf = (element: string): string => `${element.slice(1, 11)}T${element.slice(12, 20)}Z`;
