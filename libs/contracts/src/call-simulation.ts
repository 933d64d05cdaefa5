import { type Check, checkList, type RuleSource } from './checks.js';
import type { DestinationType } from './destinations.js';
import type { ReasonCode } from './reason-codes.js';
import type { PhoneNumberProvider, VoicePlatform } from './resources.js';

/** The checks of a number that the call could use. That there is one is no question then. */
export type CallCheck = Exclude<Check, 'assignment'>;
export const callCheckList = checkList.filter((check): check is CallCheck => check !== 'assignment');

/** `skipped`: the check says nothing about this call, such as the country of a destination that could not be read. */
export const callCheckResults = ['passed', 'failed', 'skipped'] as const;
export type CallCheckResult = (typeof callCheckResults)[number];

export interface CallRule {
  source: RuleSource;
  /** The field of the source, as the API calls it. */
  field: string;
  /** What the field holds now. */
  value: string | number | boolean | string[] | null;
  /** The same in words. */
  description: string;
}

export interface CallerIdView {
  phoneNumberId: string;
  /** E.164. */
  phoneNumber: string;
  provider: PhoneNumberProvider;
  /** The voice platform that has a counterpart of the number, and the id there; null when none has. */
  platform: VoicePlatform | null;
  platformNumberId: string | null;
}

/** A live assignment that the call could use. */
export interface CallCandidateView {
  assignmentId: string;
  agentId: string;
  from: CallerIdView;
  limit: number;
  /** Before this call. */
  used: number;
  resetsAt: string;
  /** The day that the call would count on, and the time zone that says when it ends. */
  usageDay: { localDate: string; rule: CallRule };
  /** What the gate would answer if there were this assignment only. */
  reasonCode: ReasonCode;
  checks: { check: CallCheck; result: CallCheckResult; reasonCode: ReasonCode | null; rule: CallRule }[];
}

/** `POST /call-gate/simulate`: what authorize would answer now, and why. */
export interface CallSimulationView {
  allowed: boolean;
  reasonCode: ReasonCode;
  message: string;
  from: CallerIdView | null;
  destination: { phoneNumber: string; countryCode: string | null; type: DestinationType | null };
  limit: number | null;
  /** As authorize would answer it: with this call, when it is allowed. */
  used: number | null;
  remaining: number | null;
  resetsAt: string;
  /** In order of preference: the first is the one that authorize would use, or whose refusal it would answer. */
  candidates: CallCandidateView[];
}
