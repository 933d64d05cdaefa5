/**
 * How the gate comes to know the answer of a check.
 *
 * - `call`: in TypeScript, before the call joins a batch; the database takes the answer as it comes.
 * - `held_rows`: by `gate_checks()`, over rows that the decision has locked or reads after its locks.
 * - `counted_row`: by a count on a locked row, which the calls before it in the same batch have moved.
 */
type CheckKind = 'call' | 'held_rows' | 'counted_row';

/** Where a rule stands, and so where it is changed. A numbering plan is not changed here. */
export const ruleSources = {
  assignment: 'Assignment',
  organization: 'Organization',
  agent: 'Agent',
  phone_number: 'Phone number',
  numbering_plan: 'Numbering plan',
} as const satisfies Record<string, string>;
export type RuleSource = keyof typeof ruleSources;
export const ruleSourceList = Object.keys(ruleSources) as RuleSource[];

interface CheckEntry {
  /** What it looks at, for people. */
  label: string;
  kind: CheckKind;
  /** Where the fact is read: columns as `table.column`, for a check of the call the folder that answers it. */
  facts: readonly string[];
  /** Where the rule is changed, and the field as the API calls it. */
  rule: { source: RuleSource; field: string };
  /** Why it refuses: each code has its page `docs/reasons/<code>.md`. */
  reasons: Record<string, { label: string; message: string }>;
}

/**
 * What the call gate checks, in the order in which the first refusal wins. A check of kind `held_rows` is a column of
 * `gate_checks()` (migrations/functions/gate/gate_checks.sql) of the same name and in the same place; the reason codes,
 * their labels and the order in which simulations show the checks follow from here.
 */
export const checks = {
  destination: {
    label: 'Destination',
    kind: 'call',
    facts: ['libs/phone'],
    rule: { source: 'numbering_plan', field: 'destination' },
    reasons: {
      destination_invalid: {
        label: 'Invalid destination',
        message: 'The destination is not a valid phone number. Send it in E.164 form, for example +14165550123.',
      },
      destination_emergency: {
        label: 'Emergency or short number',
        message:
          'Emergency numbers and short codes are never authorized here. Dial them directly: they must bypass the call gate.',
      },
    },
  },
  assignment: {
    label: 'Assignment',
    kind: 'held_rows',
    facts: ['agent_phone_numbers.id'],
    rule: { source: 'assignment', field: 'id' },
    reasons: {
      no_assignment: {
        label: 'No assignment',
        message: 'The agent has no number to call from. Assign one to it first.',
      },
    },
  },
  organization: {
    label: 'Organization',
    kind: 'held_rows',
    facts: ['organizations.suspended_at'],
    rule: { source: 'organization', field: 'suspended' },
    reasons: {
      organization_suspended: {
        label: 'Organization suspended',
        message: 'The organization is suspended. Ask the platform administrator to lift the suspension.',
      },
    },
  },
  agent: {
    label: 'Agent',
    kind: 'held_rows',
    facts: ['agent_phone_numbers.agent_active'],
    rule: { source: 'agent', field: 'status' },
    reasons: {
      agent_inactive: {
        label: 'Agent inactive',
        message: 'The agent is not active. Activate it, or call with another agent.',
      },
    },
  },
  number: {
    label: 'Phone number',
    kind: 'held_rows',
    facts: ['agent_phone_numbers.number_active', 'agent_phone_numbers.number_can_call'],
    rule: { source: 'phone_number', field: 'lifecycle' },
    reasons: {
      number_inactive: {
        label: 'Number inactive',
        message: 'The number to call from is not active. Activate it, or assign another number.',
      },
      number_cannot_call: {
        label: 'Number cannot call',
        message: 'The number to call from has no voice. Switch its capability voice on, or assign another number.',
      },
    },
  },
  pause: {
    label: 'Pause',
    kind: 'held_rows',
    facts: ['agent_phone_numbers.paused_at'],
    rule: { source: 'assignment', field: 'paused' },
    reasons: {
      assignment_paused: {
        label: 'Assignment paused',
        message: 'The assignment is paused. Resume it before calling.',
      },
    },
  },
  number_type: {
    label: 'Type of the destination',
    kind: 'held_rows',
    facts: ['agent_phone_numbers.allowed_number_types'],
    rule: { source: 'assignment', field: 'allowedNumberTypes' },
    reasons: {
      number_type_blocked: {
        label: 'Number type blocked',
        message:
          'Destinations of this type are blocked, as premium rate, personal numbers and satellite telephones are. Allow the type on the assignment to call it.',
      },
    },
  },
  country: {
    label: 'Country of the destination',
    kind: 'held_rows',
    facts: ['agent_phone_numbers.allowed_countries', 'organizations.default_allowed_countries'],
    rule: { source: 'assignment', field: 'allowedCountries' },
    reasons: {
      country_not_allowed: {
        label: 'Country not allowed',
        message: 'The destination country is not among the allowed countries of the assignment.',
      },
    },
  },
  daily_limit: {
    label: 'Daily limit',
    kind: 'counted_row',
    facts: [
      'agent_phone_numbers.daily_limit',
      'agent_phone_numbers.calls_made_today',
      'agent_phone_numbers.last_reset_date',
    ],
    rule: { source: 'assignment', field: 'dailyLimit' },
    reasons: {
      daily_limit_reached: {
        label: 'Daily limit reached',
        message: 'The daily limit of the assignment is reached. Calls are possible again after the next midnight.',
      },
    },
  },
} as const satisfies Record<string, CheckEntry>;

export type Check = keyof typeof checks;
export const checkList = Object.keys(checks) as Check[];

type ReasonsOf<Entry> = Entry extends { reasons: infer Reasons } ? keyof Reasons : never;
/** The reason codes of the checks. */
export type CheckReasonCode = { [Name in Check]: ReasonsOf<(typeof checks)[Name]> }[Check] & string;

/** Label and message of every reason code of a check, in the order of the checks. */
export const checkReasons = Object.fromEntries(
  checkList.flatMap((check) => Object.entries(checks[check].reasons)),
) as Record<CheckReasonCode, { label: string; message: string }>;
