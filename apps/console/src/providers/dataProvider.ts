import type { AgentAssignmentView, ImportJobView, PhoneNumberView, UsageDailyView, UsageSummaryView } from '#contracts';
import simpleRestProvider from 'ra-data-simple-rest';
import { type DataProvider, type fetchUtils, HttpError } from 'react-admin';
import { ApiProblem, callApi } from './session';

/** react-admin shows `body.message`, and puts `body.errors` beside the fields of a form. */
function asHttpError(error: unknown): never {
  if (error instanceof ApiProblem) throw new HttpError(error.message, error.status, error.body);
  throw error;
}

const httpClient: typeof fetchUtils.fetchJson = async (url, options = {}) => {
  const headers = new Headers(options.headers as HeadersInit | undefined);
  if (options.body && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const response = await callApi(String(url), { ...(options as RequestInit), headers }).catch(asHttpError);
  const body = await response.text();
  return { status: response.status, headers: response.headers, body, json: body === '' ? undefined : JSON.parse(body) };
};

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await callApi(path, init).catch(asHttpError);
  return (await response.json()) as T;
}

const postJson = <T>(path: string, body: unknown) =>
  json<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

export interface AssignRequest {
  agentId: string;
  dailyLimit: number;
  /** null inherits the list of the organization. */
  allowedCountries: string[] | null;
}

const verbs = {
  bulkUpload: (csv: string | File, dryRun: boolean) =>
    json<ImportJobView>(`/phone-numbers/bulk-upload?dryRun=${dryRun}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', prefer: 'wait=60' },
      body: csv,
    }),
  assign: (phoneNumberId: string, request: AssignRequest) =>
    postJson<AgentAssignmentView>(`/phone-numbers/${phoneNumberId}/assign`, request),
  unassign: (phoneNumberId: string) => postJson<PhoneNumberView>(`/phone-numbers/${phoneNumberId}/unassign`, {}),
  usageSummary: () => json<UsageSummaryView>('/usage/summary'),
  usageDaily: () => json<UsageDailyView>('/usage/daily'),
  resetUsage: () => postJson<{ resetCount: number }>('/usage/reset', {}),
};

export type ConsoleDataProvider = DataProvider & typeof verbs;

export const dataProvider: ConsoleDataProvider = {
  ...simpleRestProvider('/api/v1', httpClient),
  ...verbs,
} as ConsoleDataProvider;
