/** Enumerations and JSON shapes that API and console share. */

export const agentKinds = ['human', 'ai'] as const;
export type AgentKind = (typeof agentKinds)[number];

export const agentStatuses = ['active', 'inactive'] as const;
export type AgentStatus = (typeof agentStatuses)[number];

export const phoneNumberProviders = ['twilio', 'telnyx', 'vonage', 'bandwidth', 'sandbox', 'other'] as const;
export type PhoneNumberProvider = (typeof phoneNumberProviders)[number];

/** Where a number may have a counterpart, by which its calls are placed. */
export const voicePlatforms = ['vapi', 'livekit'] as const;
export type VoicePlatform = (typeof voicePlatforms)[number];

export const phoneNumberLifecycles = ['active', 'inactive', 'error', 'released'] as const;
export type PhoneNumberLifecycle = (typeof phoneNumberLifecycles)[number];

/** Derived, never stored: `available` is in the pool, `connected` has an inbound agent. */
export const phoneNumberStatuses = ['available', 'reserved', 'assigned', 'connected'] as const;
export type PhoneNumberStatus = (typeof phoneNumberStatuses)[number];

/** A customer of an organization. */
export interface ClientView {
  id: string;
  name: string;
  numbers: number;
  agents: number;
  createdAt: string;
  updatedAt: string;
}

/** What a file of agents has done. */
export interface AgentUploadView {
  created: number;
  updated: number;
  unchanged: number;
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
  /** In the pool, and not reserved by another organization. */
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
  /** `pool`: what no other organization has reserved there. */
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
  /** The clients that the member is limited to; null for everything in the organization. */
  clientIds: string[] | null;
  createdAt: string;
  updatedAt: string;
}

/** `expired` waits for a new link; `accepted` and `revoked` are over. */
export const invitationStatuses = ['pending', 'accepted', 'expired', 'revoked'] as const;
export type InvitationStatus = (typeof invitationStatuses)[number];

/** A person who was asked to become a member. Of a person who has not accepted, nothing is known but the e-mail. */
export interface InvitationView {
  id: string;
  email: string;
  role: import('./permissions.js').Role;
  clientIds: string[] | null;
  status: InvitationStatus;
  expiresAt: string;
  /** Who sent the link last. */
  invitedBy: string;
  /** Null when they are no member, or no member any more. */
  invitedByName: string | null;
  createdAt: string;
}

/** The answer to inviting, and to sending again: the only ones that hold the link. */
export interface NewInvitationView extends InvitationView {
  /** Absolute when PUBLIC_URL is set, else a path. The token stands behind the `#`: no browser sends it along. */
  link: string;
}

/** What the holder of a link is told. Whether the e-mail has an account is not among it. */
export interface InvitationPreviewView {
  organizationName: string;
  email: string;
  role: import('./permissions.js').Role;
  expiresAt: string;
}

/** Where the console takes an invitation; the token follows. */
export const INVITATION_PATH = '/#/invitation/';

/** The bounds of a password, in characters. */
export const PASSWORD_LENGTH = { min: 12, max: 256 } as const;

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
  /** How many numbers of the pool it may hold, claimed or reserved; null for the platform organization. */
  poolQuota: number | null;
  suspended: boolean;
  createdAt: string;
  updatedAt: string;
}
