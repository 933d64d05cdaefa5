import type { AgentKind, PhoneNumberLifecycle, PhoneNumberProvider, PhoneNumberStatus } from '#contracts';

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

export const choicesOf = <Id extends string>(
  labels: Record<Id, string>,
  ids: readonly Id[] = Object.keys(labels) as Id[],
) => ids.map((id) => ({ id, name: labels[id] }));
