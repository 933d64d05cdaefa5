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
 * Every answer that the call gate can give, in the order in which the checks run (the first refusal wins).
 * The docs page of a code is `docs/reasons/<code>.md`; the console takes its labels from here.
 */
export const reasonCodes = {
  allowed: {
    label: 'Allowed',
    message: 'The call may be placed.',
  },
  ...retryReasonCodes,
  destination_invalid: {
    label: 'Invalid destination',
    message: 'The destination is not a valid phone number. Send it in E.164 form, for example +14165550123.',
  },
  destination_emergency: {
    label: 'Emergency or short number',
    message:
      'Emergency numbers and short codes are never authorized here. Dial them directly: they must bypass the call gate.',
  },
  no_assignment: {
    label: 'No assignment',
    message: 'The agent has no number to call from. Assign one to it first.',
  },
  organization_suspended: {
    label: 'Organization suspended',
    message: 'The organization is suspended. Ask the platform administrator to lift the suspension.',
  },
  agent_inactive: {
    label: 'Agent inactive',
    message: 'The agent is not active. Activate it, or call with another agent.',
  },
  number_inactive: {
    label: 'Number inactive',
    message: 'The number to call from is not active. Activate it, or assign another number.',
  },
  assignment_paused: {
    label: 'Assignment paused',
    message: 'The assignment is paused. Resume it before calling.',
  },
  number_type_blocked: {
    label: 'Number type blocked',
    message:
      'Destinations of this type are blocked, as premium rate, personal numbers and satellite telephones are. Allow the type on the assignment to call it.',
  },
  country_not_allowed: {
    label: 'Country not allowed',
    message: 'The destination country is not among the allowed countries of the assignment.',
  },
  daily_limit_reached: {
    label: 'Daily limit reached',
    message: 'The daily limit of the assignment is reached. Calls are possible again after the next midnight.',
  },
} as const satisfies Record<string, { label: string; message: string }>;

export type ReasonCode = keyof typeof reasonCodes;
export const reasonCodeList = Object.keys(reasonCodes) as ReasonCode[];

/**
 * Label and message of a code that the ledger holds. One that this list does not have, because it has left it or comes
 * from a newer process, is shown as it stands.
 */
export function reasonText(code: string): { label: string; message: string } {
  return Object.hasOwn(reasonCodes, code) ? reasonCodes[code as ReasonCode] : { label: code, message: code };
}

/** The reasons that decisions in the ledger have. */
export type LoggedReasonCode = Exclude<ReasonCode, keyof typeof retryReasonCodes>;
export const loggedReasonCodeList = reasonCodeList.filter(
  (code): code is LoggedReasonCode => !(code in retryReasonCodes),
);
