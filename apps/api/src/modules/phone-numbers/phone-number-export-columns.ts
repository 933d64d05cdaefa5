import type { ExportColumns } from '../../platform/http/export-stream.js';
import type { ExportedPhoneNumber } from './phone-number-pages.repository.js';

/** The columns that a bulk upload takes, so that an export can be uploaded as it is. */
export const phoneNumberExportColumns: ExportColumns<ExportedPhoneNumber> = {
  phoneNumber: ({ phoneNumber }) => phoneNumber,
  provider: ({ provider }) => provider,
  countryCode: ({ countryCode }) => countryCode,
  label: ({ label }) => label,
  region: ({ region }) => region,
  client: ({ clientName }) => clientName,
  monthlyCost: ({ monthlyCost }) => monthlyCost,
  currency: ({ currency }) => currency,
  capabilities: ({ capabilities: { voice, sms } }) => [voice && 'voice', sms && 'sms'].filter(Boolean).join(' '),
  tags: ({ tags }) => tags.join(';'),
  agent: ({ agentName }) => agentName,
  dailyLimit: ({ dailyLimit }) => dailyLimit,
  allowedCountries: ({ allowedCountries }) => allowedCountries?.join(' ') ?? null,
};
