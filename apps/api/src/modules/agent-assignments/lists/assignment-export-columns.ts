import type { AgentAssignmentView } from '#contracts';
import type { ExportColumns } from '../../../platform/http/exports/export-stream.js';

/** Columns that a bulk upload takes have the names that they have there. */
export const assignmentExportColumns: ExportColumns<AgentAssignmentView> = {
  phoneNumber: ({ phoneNumber }) => phoneNumber,
  provider: ({ provider }) => provider,
  countryCode: ({ countryCode }) => countryCode,
  label: ({ label }) => label,
  agent: ({ agentName }) => agentName,
  agentKind: ({ agentKind }) => agentKind,
  dailyLimit: ({ dailyLimit }) => dailyLimit,
  allowedCountries: ({ allowedCountries }) => allowedCountries?.join(' ') ?? null,
  effectiveCountries: ({ effectiveCountries }) => effectiveCountries.join(' '),
  allowedNumberTypes: ({ allowedNumberTypes }) => allowedNumberTypes.join(' '),
  paused: ({ paused }) => String(paused),
  callsMadeToday: ({ callsMadeToday }) => callsMadeToday,
  remaining: ({ remaining }) => remaining,
  resetsAt: ({ resetsAt }) => resetsAt,
  createdAt: ({ createdAt }) => createdAt,
};
