import { checkReasons } from './checks.js';

/**
 * Why a retry of an allowed call is denied although nothing else forbids the call: its authorization is used up. The
 * ledger never holds these, because it keeps the decision that the retry is about.
 */
const retryReasonCodes = {
  authorization_voided: {
    label: 'Authorization voided',
    message: 'The call of this Idempotency-Key was voided. Ask with a new key to place it after all.',
  },
  authorization_completed: {
    label: 'Authorization completed',
    message: 'The call of this Idempotency-Key was placed and completed. Ask with a new key for another call.',
  },
  authorization_expired: {
    label: 'Authorization expired',
    message: 'The authorization of this Idempotency-Key has expired and counts as used. Ask with a new key to call.',
  },
} as const;

/**
 * Every answer that the call gate can give. Those of the checks come from their catalogue (`checks.ts`), in its order: the
 * first refusal wins.
 * The docs page of a code is `docs/reasons/<code>.md`; the console takes its labels from here.
 */
export const reasonCodes = {
  allowed: {
    label: 'Allowed',
    message: 'The call may be placed.',
  },
  ...retryReasonCodes,
  ...checkReasons,
} as const satisfies Record<string, { label: string; message: string }>;

export type ReasonCode = keyof typeof reasonCodes;
export const reasonCodeList = Object.keys(reasonCodes) as ReasonCode[];

/**
 * Label and message of a code that the database holds or answers. One that this list does not have, because it has left it
 * or comes from a newer process, is shown as it stands: it can only be a refusal.
 */
export function reasonText(code: string): { label: string; message: string } {
  if (Object.hasOwn(reasonCodes, code)) return reasonCodes[code as ReasonCode];
  return { label: code, message: `The call must not be placed, for the reason ${code}.` };
}

/** The reasons that decisions in the ledger have. */
export type LoggedReasonCode = Exclude<ReasonCode, keyof typeof retryReasonCodes>;
export const loggedReasonCodeList = reasonCodeList.filter(
  (code): code is LoggedReasonCode => !(code in retryReasonCodes),
);
