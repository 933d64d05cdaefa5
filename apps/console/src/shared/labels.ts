import type {
  AgentKind,
  AgentStatus,
  AuthorizationStatus,
  CallDisposition,
  ImportJobView,
  ImportOperation,
  ImportStatus,
  PhoneNumberLifecycle,
  PhoneNumberProvider,
  PhoneNumberStatus,
  RestrictedDestinationType,
  Role,
  UploadColumn,
  RecordedVoidReason,
} from '#contracts';

export const providerLabels: Record<PhoneNumberProvider, string> = {
  twilio: 'Twilio',
  telnyx: 'Telnyx',
  vonage: 'Vonage',
  bandwidth: 'Bandwidth',
  sandbox: 'Sandbox',
  other: 'Other',
};

export const statusLabels: Record<PhoneNumberStatus, string> = {
  available: 'Available',
  reserved: 'Reserved',
  assigned: 'Owned',
  connected: 'Connected',
};

export const lifecycleLabels: Record<PhoneNumberLifecycle, string> = {
  active: 'Active',
  inactive: 'Inactive',
  error: 'Error',
  released: 'Released',
};

export const kindLabels: Record<AgentKind, string> = { human: 'Human', ai: 'AI' };

export const agentStatusLabels: Record<AgentStatus, string> = { active: 'Active', inactive: 'Inactive' };

export const roleLabels: Record<Role, string> = { owner: 'Owner', admin: 'Admin', manager: 'Manager', agent: 'Agent' };

export const restrictedTypeLabels: Record<RestrictedDestinationType, string> = {
  PREMIUM_RATE: 'Premium-rate numbers, also +979',
  SHARED_COST: 'Shared-cost numbers, also +808',
  PERSONAL_NUMBER: 'Personal numbers (+44 70, +878)',
  PAGER: 'Pagers',
  UAN: 'Company-wide numbers (+44 30, +49 18)',
  VOICEMAIL: 'Voicemail boxes',
  SATELLITE: 'Satellite telephones (+870, +881)',
  UNIVERSAL_TOLL_FREE: 'International freephone (+800)',
  INTERNATIONAL_NETWORK: 'International networks (+882, +883)',
};

export const authorizationStatusLabels: Record<AuthorizationStatus, string> = {
  authorized: 'Authorized',
  completed: 'Completed',
  voided: 'Voided',
  expired: 'Expired',
  denied: 'Denied',
};

export const dispositionLabels: Record<CallDisposition, string> = {
  answered: 'Answered',
  no_answer: 'No answer',
  busy: 'Busy',
  rejected: 'Rejected',
  failed: 'Failed',
  canceled: 'Canceled',
  voicemail: 'Voicemail',
};

export const importStatusLabels: Record<ImportStatus, string> = {
  pending: 'Waiting',
  running: 'Under way',
  completed: 'Completed',
  canceled: 'Canceled',
  failed: 'Failed',
};

export const importModeLabels: Record<ImportJobView['mode'], string> = {
  create: 'Add numbers',
  upsert: 'Add and change numbers',
};

export const importOperationLabels: Record<ImportOperation, string> = {
  register: 'Add numbers',
  delete: 'Delete numbers',
  unassign: 'Unassign numbers',
};

export const uploadColumnLabels: Record<UploadColumn, string> = {
  phoneNumber: 'Phone number',
  provider: 'Provider',
  countryCode: 'Country',
  label: 'Label',
  region: 'Region',
  client: 'Client',
  monthlyCost: 'Monthly cost',
  currency: 'Currency',
  capabilities: 'Capabilities',
  tags: 'Tags',
  agent: 'Agent',
  dailyLimit: 'Daily limit',
  allowedCountries: 'Allowed countries',
  voice: 'Voice',
  sms: 'SMS',
  status: 'Status',
};

export const voidReasonLabels: Record<RecordedVoidReason, string> = {
  not_dialed: 'Never dialed',
  caller_abandoned: 'The caller gave up before dialing',
  trunk_unavailable: 'The trunk was not available',
  duplicate_request: 'Asked for twice',
  test_call: 'Test call',
  client_gone: 'The dialer hung up before the answer',
};

export const choicesOf = <Id extends string>(
  labels: Record<Id, string>,
  ids: readonly Id[] = Object.keys(labels) as Id[],
) => ids.map((id) => ({ id, name: labels[id] }));
