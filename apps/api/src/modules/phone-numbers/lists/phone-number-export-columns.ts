import type { ExportColumns } from '../../../platform/http/exports/export-stream.js';
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
  capabilities: ({ capabilities: { voice, sms } }) => listed([voice && 'voice', sms && 'sms'].filter(Boolean)),
  tags: ({ tags }) => tags.map((tag) => tag.replaceAll(/[\\;,|]/g, '\\$&')).join(';'),
  agent: ({ agentName }) => agentName,
  dailyLimit: ({ dailyLimit }) => dailyLimit,
  allowedCountries: ({ allowedCountries }) => allowedCountries && listed(allowedCountries),
};

/** An empty value would say nothing, and an upload would fill in what is usual. */
function listed(names: readonly unknown[]): string {
  return names.length === 0 ? 'none' : names.join(' ');
}
