import type { Destination } from './destinations.js';

/** Milliseconds since 1970 by the clock of the test, finer than one, and never stepping back. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** One agent with one number: what a limit belongs to, whatever the ids of the rows are. */
export interface Pair {
  /** Empty until it is known. */
  assignmentId: string;
  agentId: string;
  phoneNumberId: string;
  phoneNumber: string;
  organizationId: string;
  /** Whether the agent had the number when the run began. */
  isOriginal: boolean;
  /** What was in force when the run began, or when the agent first got the number. */
  limit: number;
  countries: string[] | null;
}

export interface WorldNumber {
  organizationId: string;
  phoneNumberId: string;
  phoneNumber: string;
}

export interface WorldOrganization {
  id: string;
  apiKey: string;
  ownerEmail: string;
  timeZone: string;
  defaultCountries: string[];
}

export interface World {
  organizations: WorldOrganization[];
  numbers: WorldNumber[];
  /** Those that admins make are added at the end. */
  pairs: Pair[];
}

/** What an API process said in a 200. */
export interface ReportedDecision {
  allowed: boolean;
  authorizationId: string;
  reasonCode: string;
  from: string | null;
  country: string | null;
  limit: number | null;
  used: number | null;
  /** Whether it said that the key had been used before. */
  replayed: boolean;
}

export interface Attempt {
  sentMs: number;
  endedMs: number;
  api: number;
  /** 0 when no answer came. */
  status: number;
  reported?: ReportedDecision;
  /** An answer that is none of the contract's, as far as it can be shown. */
  strange?: string;
  /** Why it could not be decided. */
  problem?: string;
  /** Sent with the key of a call but another body, after the call was decided. */
  reused?: string;
}

/** One call that a dialer wants to place: one idempotency key, one destination that no other call has. */
export interface CallRecord {
  key: string;
  organizationId: string;
  agentId: string;
  /** Null: the agent was named and any of its numbers will do. */
  phoneNumberId: string | null;
  destination: Destination;
  attempts: Attempt[];
}

/** An authorization that was completed or voided, as far as who asked for it was told. */
export interface Settlement {
  kind: 'complete' | 'void';
  authorizationId: string;
  /** How long a completed call lasted. Each request says another length, so that it is known which one was taken. */
  durationSeconds: number | null;
  sentMs: number;
  endedMs: number;
  /** 0 when no answer came. */
  status: number;
}

/**
 * A change by an admin. Changes of one field come one after the other; from `settledMs` on nothing of it is under way any
 * more, and `final` is in force: what was acknowledged, or what was read when no answer had come.
 */
export interface Change {
  /** `limit:<pair>`, `paused:<pair>`, `countries:<pair>`, `live:<pair>`, `agent:<id>`, `number:<id>`, `zone:<org>`,
   * `suspended:<org>`, `clock`. */
  field: string;
  value: unknown;
  final: unknown;
  sentMs: number;
  settledMs: number;
}

/** The day that counters belonged to, looked at from time to time. */
export interface DaySample {
  atMs: number;
  agentId: string;
  phoneNumberId: string;
  lastResetDate: string;
}

export interface ChaosRecord {
  seed: number;
  startedMs: number;
  endedMs: number;
  world: World;
  calls: CallRecord[];
  settlements: Settlement[];
  changes: Change[];
  samples: DaySample[];
  /** How often each kind of fault was injected, and each kind of change acknowledged. */
  faults: Record<string, number>;
}

export const pairKey = (pair: { agentId: string | null; phoneNumberId: string | null }): string =>
  `${pair.agentId}/${pair.phoneNumberId}`;
