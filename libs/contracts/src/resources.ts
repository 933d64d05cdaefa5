/** Enumerations and JSON shapes that API and console share. */

export const agentKinds = ['human', 'ai'] as const;
export type AgentKind = (typeof agentKinds)[number];

export const agentStatuses = ['active', 'inactive'] as const;
export type AgentStatus = (typeof agentStatuses)[number];

export const phoneNumberProviders = ['twilio', 'telnyx', 'vonage', 'bandwidth', 'sandbox', 'other'] as const;
export type PhoneNumberProvider = (typeof phoneNumberProviders)[number];

export const phoneNumberLifecycles = ['active', 'inactive', 'error', 'released'] as const;
export type PhoneNumberLifecycle = (typeof phoneNumberLifecycles)[number];

/** Derived, never stored: `available` is in the pool, `connected` has an inbound agent. */
export const phoneNumberStatuses = ['available', 'reserved', 'assigned', 'connected'] as const;
export type PhoneNumberStatus = (typeof phoneNumberStatuses)[number];

export const importStatuses = ['pending', 'running', 'completed', 'canceled', 'failed'] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** Why a row of an upload was not taken, and the last two: what was mended in a row that was taken. */
export const importErrorCodes = {
  number_missing: 'The row has no phone number',
  number_invalid: 'The phone number is not valid',
  provider_unknown: 'The provider is not known',
  country_unknown: 'The country is not an ISO 3166-1 alpha-2 code',
  country_mismatch: 'The country does not fit the phone number',
  duplicate_in_file: 'The phone number stands in the file twice',
  duplicate: 'The phone number exists already',
  too_many_columns: 'The row has too many columns',
  too_long: 'A value is too long',
  quote_invalid: 'A quoted value is not closed',
  row_too_long: 'The row is too long',
  characters_invalid: 'A value has characters that cannot be read',
  client_unknown: 'There is no such client',
  agent_unknown: 'There is no such agent',
  agent_inactive: 'The agent is not active',
  agent_has_number: 'The agent has another number already',
  assigned_elsewhere: 'The phone number is assigned to another agent',
  cost_invalid: 'The monthly cost is not an amount',
  currency_invalid: 'The currency is not an ISO 4217 code',
  capability_unknown: 'The capability is not known',
  daily_limit_invalid: 'The daily limit is not a whole number',
  plus_added: 'The missing + was put back',
  apostrophe_removed: 'The apostrophe in front was taken away',
} as const satisfies Record<string, string>;
export type ImportErrorCode = keyof typeof importErrorCodes;

export interface ImportRowError {
  /** 1 is the first line of the file, the header included. */
  line: number;
  column: string | null;
  code: ImportErrorCode;
  message: string;
  value: string | null;
}

/** One of `GET /imports`. */
export interface ImportJobSummaryView {
  id: string;
  status: ImportStatus;
  total: number;
  processed: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
  /** Taken rows whose number a spreadsheet had damaged, and that could be mended without a guess. */
  repaired: number;
  dryRun: boolean;
  mode: 'create' | 'upsert';
  fileName: string | null;
  /** The e-mail of the user or the name of the key that uploaded it, as it was then. */
  createdBy: string | null;
  createdAt: string;
  finishedAt: string | null;
  undoneAt: string | null;
  /** Why the import as a whole failed. */
  failure: string | null;
}

/** `GET /imports/:id` */
export interface ImportJobView extends ImportJobSummaryView {
  errors: ImportRowError[];
  /** What was repaired, row by row. */
  notices: ImportRowError[];
}

/** A customer of an organization. */
export interface ClientView {
  id: string;
  name: string;
  numbers: number;
  agents: number;
  createdAt: string;
  updatedAt: string;
}

export interface AgentView {
  id: string;
  name: string;
  kind: AgentKind;
  status: AgentStatus;
  /** The user that a human agent signs in as. */
  userId: string | null;
  userEmail: string | null;
  externalId: string | null;
  clientId: string | null;
  clientName: string | null;
  /** Live assignments of the agent. */
  numbersAssigned: number;
  callsMadeToday: number;
  /** The sum of the daily limits of the live assignments. */
  dailyLimit: number;
  createdAt: string;
  updatedAt: string;
}

/** Figures of the organization's numbers, and of what the pool offers. */
export interface PhoneNumberSummaryView {
  mine: number;
  /** Whose inbound calls an agent answers. */
  connected: number;
  /** That an agent calls from. */
  assigned: number;
  /** In the pool, to be claimed. */
  available: number;
  byCountry: { countryCode: string | null; numbers: number }[];
  byProvider: { provider: PhoneNumberProvider; numbers: number }[];
  /** Decimals as text. */
  monthlyCost: { currency: string; amount: string }[];
}

export interface PhoneNumberView {
  id: string;
  /** E.164. */
  phoneNumber: string;
  countryCode: string | null;
  region: string | null;
  numberType: string | null;
  label: string | null;
  provider: PhoneNumberProvider;
  lifecycle: PhoneNumberLifecycle;
  status: PhoneNumberStatus;
  /** True in the pool of the platform organization. */
  inPool: boolean;
  tags: string[];
  monthlyCost: string | null;
  currency: string | null;
  capabilities: { voice: boolean; sms: boolean };
  assignmentId: string | null;
  agentId: string | null;
  agentName: string | null;
  /** The agent that answers inbound calls. */
  inboundAgentId: string | null;
  inboundAgentName: string | null;
  clientId: string | null;
  clientName: string | null;
  /** Claimed from the pool: it is released there instead of deleted. */
  fromPool: boolean;
  /** Null once the reservation has expired. */
  reservedUntil: string | null;
  reservedByUs: boolean;
  createdAt: string;
  updatedAt: string;
}

export const bulkOperations = [
  'assign',
  'unassign',
  'claim',
  'release',
  'tag',
  'untag',
  'activate',
  'deactivate',
  'delete',
  'distribute',
] as const;
export type BulkOperation = (typeof bulkOperations)[number];

/** `unchanged` is already as it shall be. */
export const bulkOutcomes = ['done', 'unchanged', 'refused'] as const;
export type BulkOutcome = (typeof bulkOutcomes)[number];

export interface BulkItemView {
  id: string;
  phoneNumber: string | null;
  outcome: BulkOutcome;
  /** Why it was refused, and what to do first. */
  code: import('./problem-types.js').ProblemCode | null;
  message: string | null;
  /** The agent that gets the number. */
  agentId: string | null;
  agentName: string | null;
}

/** `POST /phone-numbers/bulk` */
export interface BulkResultView {
  operation: BulkOperation;
  preview: boolean;
  /** False for a preview, and when nothing was done because one number is refused. */
  applied: boolean;
  total: number;
  done: number;
  unchanged: number;
  refused: number;
  items: BulkItemView[];
}

/** `GET /phone-numbers/check/:phoneNumber`: the caller's own organization and the pool only. */
export interface PhoneNumberCheckView {
  /** E.164. */
  phoneNumber: string;
  known: boolean;
  /** null when the number is not known. */
  status: PhoneNumberStatus | null;
  assigned: boolean;
  agentId: string | null;
}

export interface AgentAssignmentView {
  id: string;
  agentId: string;
  agentName: string;
  agentKind: AgentKind;
  phoneNumberId: string;
  phoneNumber: string;
  countryCode: string | null;
  provider: PhoneNumberProvider;
  label: string | null;
  dailyLimit: number;
  /** null inherits the list of the organization; [] allows none. */
  allowedCountries: string[] | null;
  /** The list that the gate applies: its own, else the organization's. */
  effectiveCountries: string[];
  allowedNumberTypes: string[];
  paused: boolean;
  callsMadeToday: number;
  lastResetDate: string;
  remaining: number;
  resetsAt: string;
  createdAt: string;
  updatedAt: string;
}

/** `GET /phone-numbers/agent/:agentId` */
export interface AgentPhoneNumbersView {
  phoneNumbers: {
    id: string;
    phoneNumber: string;
    provider: PhoneNumberProvider;
    countryCode: string | null;
    dailyLimit: number;
    allowedCountries: string[] | null;
    callsMadeToday: number;
    remaining: number;
    resetsAt: string;
  }[];
}

/** `GET /usage/summary`: today, in the organization's time zone. */
export interface UsageSummaryView {
  localDate: string;
  timeZone: string;
  resetsAt: string;
  callsAllowed: number;
  callsDenied: number;
  /** The sum of the daily limits of the live assignments. */
  dailyCapacity: number;
  callsMadeToday: number;
  phoneNumbers: { total: number; assigned: number; unassigned: number; pool: number };
  agents: { total: number; active: number };
  perAgent: {
    agentId: string;
    agentName: string;
    agentKind: AgentKind;
    callsMadeToday: number;
    dailyLimit: number;
    callsDenied: number;
  }[];
  refusals: { reasonCode: string; count: number }[];
}

/** `GET /usage/daily`: one row for each day, or for each day and group. */
export interface UsageDailyView {
  from: string;
  to: string;
  groupBy: 'agent' | 'number' | 'country' | null;
  rows: {
    localDate: string;
    groupId: string | null;
    groupLabel: string | null;
    callsAllowed: number;
    callsDenied: number;
  }[];
}

export interface SessionUserView {
  id: string;
  email: string;
  name: string;
  role: import('./permissions.js').Role | null;
  platformAdmin: boolean;
  organization: { id: string; slug: string; name: string; timeZone: string; currency: string };
  permissions: import('./permissions.js').Permission[];
}

/** A member of the organization. */
export interface UserView {
  id: string;
  email: string;
  name: string;
  role: import('./permissions.js').Role;
  platformAdmin: boolean;
  /** The clients that the member is limited to; null for everything in the organization. */
  clientIds: string[] | null;
  disabled: boolean;
  createdAt: string;
  updatedAt: string;
}

export const apiKeyStatuses = ['active', 'expired', 'revoked'] as const;
export type ApiKeyStatus = (typeof apiKeyStatuses)[number];

export interface ApiKeyView {
  id: string;
  name: string;
  /** The first characters of the key. */
  prefix: string;
  scopes: import('./permissions.js').ApiKeyScope[];
  status: ApiKeyStatus;
  createdBy: string | null;
  createdByName: string | null;
  expiresAt: string | null;
  revokedAt: string | null;
  /** To the minute. */
  lastUsedAt: string | null;
  createdAt: string;
}

/** The answer to creating an API key: the only one that holds the key itself. */
export interface NewApiKeyView extends ApiKeyView {
  key: string;
}

/** How many numbers an agent may call from, and how many it may answer. */
export const numbersPerAgent = ['one', 'many'] as const;
export type NumbersPerAgent = (typeof numbersPerAgent)[number];

export interface OrganizationView {
  id: string;
  kind: 'tenant' | 'platform';
  slug: string;
  name: string;
  /** The zone that was chosen last; see timeZoneEffectiveAt. */
  timeZone: string;
  /** The zone that still counts until timeZoneEffectiveAt; null when no change is ahead. */
  previousTimeZone: string | null;
  timeZoneEffectiveAt: string | null;
  currency: string;
  defaultDailyLimit: number;
  defaultAllowedCountries: string[];
  numbersPerAgent: NumbersPerAgent;
  suspended: boolean;
  createdAt: string;
  updatedAt: string;
}
