import type { AuthorizationStatus, ReasonCode } from '#contracts';

/** Which authorizations of the ledger to answer; what is null does not filter. */
export interface DecisionFilter {
  agentId: string | null;
  phoneNumberId: string | null;
  /** The number as it stands in the ledger, or the beginning of it with a star after it. */
  destination: string | null;
  decision: 'allowed' | 'denied' | null;
  reasonCode: ReasonCode | null;
  /** As it is at the moment of asking: an authorization whose lease has run out is expired. */
  status: AuthorizationStatus | null;
  /** Decided at this instant or later. */
  from: Date | null;
  /** Decided before this instant. */
  to: Date | null;
}

/** A part of the ledger, as a range of ids. */
export interface IdRange {
  /** The first id that does not belong to it any more. */
  below: string;
  /** The lowest id that belongs to it. */
  lowest: string;
}

const DAY_MS = 86_400_000;
const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * An id is made when its batch starts, and the call is decided when the batch has its locks, at most the gate's
 * statement timeout (1 s) later. The range reaches a little further on both sides; `decided_at` decides what belongs to it.
 */
const DECIDED_AFTER_ID_MS = 10_000;
const CLOCK_STEP_MS = 1_000;

/** The ids that calls of the filter's span of time can have. */
export function idRangeOf({ from, to }: DecisionFilter): IdRange {
  return {
    below: to === null ? HIGHEST_ID : lowestId(to.getTime() + CLOCK_STEP_MS),
    lowest: lowestId(from === null ? 0 : from.getTime() - DECIDED_AFTER_ID_MS),
  };
}

/**
 * The newest days of a range, by UTC. The ledger has a partition for each day, and a statement about two years opens all of
 * them, though the calls of an hour fill its page. The parts make up the whole, so a clock that goes wrong only makes the
 * first of them longer or shorter.
 *
 * @param days how many, that on which the range ends among them; what is to come is left out
 */
export function newestDays({ below, lowest }: IdRange, days: number, nowMs: number): IdRange {
  const lastMs = Math.min(instantOf(below).getTime(), nowMs) - 1;
  const first = lowestId((Math.floor(lastMs / DAY_MS) - days + 1) * DAY_MS);
  return { below, lowest: first < lowest ? lowest : first };
}

/** The instant at which a UUIDv7 was made. */
export function instantOf(id: string): Date {
  return new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** The lowest UUIDv7 of an instant: 48 bits of milliseconds since 1970 (RFC 9562, section 5.7). */
function lowestId(ms: number): string {
  const time = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
