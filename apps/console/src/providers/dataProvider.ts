import type {
  AgentAssignmentView,
  AuditChainView,
  BulkOperation,
  BulkResultView,
  CallSimulationView,
  AuthorizationStatus,
  AuthorizationView,
  ColumnMapping,
  DecisionPageView,
  DecisionView,
  ImportJobView,
  NewInvitationView,
  OrganizationView,
  PhoneNumberSummaryView,
  PhoneNumberView,
  ReasonCode,
  RestrictedDestinationType,
  Role,
  UsageDailyView,
  UsageSummaryView,
  VoidReason,
} from '#contracts';
import simpleRestProvider from 'ra-data-simple-rest';
import { type DataProvider, type fetchUtils, type GetListParams, HttpError } from 'react-admin';
import { countedList } from './countedList';
import { ApiProblem, callApi } from './session';

/** react-admin shows `body.message`, and puts `body.errors` beside the fields of a form. */
function asHttpError(error: unknown): never {
  if (error instanceof ApiProblem) throw new HttpError(error.message, error.status, error.body);
  throw error;
}

const httpClient: typeof fetchUtils.fetchJson = async (url, options = {}) => {
  const headers = new Headers(options.headers as HeadersInit | undefined);
  // ra-data-simple-rest names a content type also where it sends nothing, which the API refuses.
  if (!options.body) headers.delete('content-type');
  else if (!headers.has('content-type')) headers.set('content-type', 'application/json');
  const response = await callApi(String(url), { ...(options as RequestInit), headers }).catch(asHttpError);
  const body = await response.text();
  return { status: response.status, headers: response.headers, body, json: body === '' ? undefined : JSON.parse(body) };
};

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await callApi(path, init).catch(asHttpError);
  return (await response.json()) as T;
}

const sendJson = <T>(method: 'POST' | 'PUT', path: string, body: unknown) =>
  json<T>(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

export interface AssignRequest {
  agentId: string;
  dailyLimit: number;
  /** null inherits the list of the organization. */
  allowedCountries: string[] | null;
  allowedNumberTypes: RestrictedDestinationType[];
}

export interface BulkRequest {
  operation: BulkOperation;
  /** Either ids or a filter of the list. */
  ids?: string[];
  filter?: Record<string, unknown>;
  preview?: boolean;
}

/** A call to test: from any of the agent's numbers, or from one assignment. */
export interface SimulateRequest {
  agentId: string;
  assignmentId?: string;
  destination: string;
}

export interface UploadOptions {
  dryRun: boolean;
  mode: ImportJobView['mode'];
  /** Of national numbers in rows without a country. */
  country?: string;
  mapping?: ColumnMapping;
}

export type OrganizationSettings = Pick<
  OrganizationView,
  'name' | 'timeZone' | 'currency' | 'defaultDailyLimit' | 'defaultAllowedCountries' | 'numbersPerAgent'
>;

export interface Invitee {
  email: string;
  role: Role;
  clientIds: string[] | null;
}

export interface DecisionQuery {
  agentId?: string;
  phoneNumberId?: string;
  destination?: string;
  decision?: 'allowed' | 'denied';
  reasonCode?: ReasonCode;
  status?: AuthorizationStatus;
  from?: string;
  to?: string;
}

const queryOf = (query: object) =>
  new URLSearchParams(
    Object.entries(query).filter(([, value]) => value !== undefined) as [string, string][],
  ).toString();

export type ExportedResource = 'phone-numbers' | 'agent-assignments';

/** A short upload is answered when it is done. */
const WITH_PATIENCE = { prefer: 'wait=1' };

/** The browser sends the bytes of the file as they are, and its name beside them. */
function formOf(file: File): FormData {
  const form = new FormData();
  form.set('file', file);
  return form;
}

const verbs = {
  phoneNumberSummary: () => json<PhoneNumberSummaryView>('/phone-numbers/summary'),
  exportList: async (resource: ExportedResource, filter: object) => {
    const search = new URLSearchParams({ filter: JSON.stringify(filter) });
    return (await callApi(`/${resource}/export.csv?${search}`).catch(asHttpError)).blob();
  },
  bulkUpload: (source: string | File, { mapping, ...options }: UploadOptions) =>
    json<ImportJobView>(
      `/phone-numbers/bulk-upload?${queryOf({ ...options, mapping: mapping ? JSON.stringify(mapping) : undefined })}`,
      typeof source === 'string'
        ? { method: 'POST', headers: { 'content-type': 'text/csv', ...WITH_PATIENCE }, body: source }
        : { method: 'POST', headers: WITH_PATIENCE, body: formOf(source) },
    ),
  importJob: (id: string) => json<ImportJobView>(`/imports/${id}`),
  cancelImport: (id: string) => sendJson<ImportJobView>('POST', `/imports/${id}/cancel`, {}),
  undoImport: (id: string) => sendJson<ImportJobView>('POST', `/imports/${id}/undo`, {}),
  assign: (phoneNumberId: string, request: AssignRequest) =>
    sendJson<AgentAssignmentView>('POST', `/phone-numbers/${phoneNumberId}/assign`, request),
  unassign: (phoneNumberId: string) =>
    sendJson<PhoneNumberView>('POST', `/phone-numbers/${phoneNumberId}/unassign`, {}),
  bulk: (request: BulkRequest) => sendJson<BulkResultView>('POST', '/phone-numbers/bulk', request),
  claim: (id: string, clientId: string | null) =>
    sendJson<PhoneNumberView>('POST', `/phone-numbers/${id}/claim`, { clientId }),
  reserve: (id: string, minutes: number) =>
    sendJson<PhoneNumberView>('POST', `/phone-numbers/${id}/reserve`, { minutes }),
  unreserve: (id: string) => sendJson<PhoneNumberView>('POST', `/phone-numbers/${id}/unreserve`, {}),
  release: (id: string) => sendJson<PhoneNumberView>('POST', `/phone-numbers/${id}/release`, {}),
  connect: (id: string, agentId: string) =>
    sendJson<PhoneNumberView>('POST', `/phone-numbers/${id}/connect`, { agentId }),
  disconnect: (id: string) => sendJson<PhoneNumberView>('POST', `/phone-numbers/${id}/disconnect`, {}),
  simulateCall: (request: SimulateRequest) => sendJson<CallSimulationView>('POST', '/call-gate/simulate', request),
  decisions: (query: DecisionQuery, cursor: string | null) =>
    json<DecisionPageView>(`/call-gate/authorizations?${queryOf({ ...query, cursor: cursor ?? undefined })}`),
  decision: (id: string) => json<DecisionView>(`/call-gate/authorizations/${id}`),
  decisionsCsv: async (query: DecisionQuery): Promise<Blob> => {
    const response = await callApi(`/call-gate/authorizations.csv?${queryOf(query)}`).catch(asHttpError);
    return response.blob();
  },
  voidCall: (id: string, reason: VoidReason) =>
    sendJson<AuthorizationView>('POST', `/call-gate/authorizations/${id}/void`, { reason }),
  invite: (invitee: Invitee) => sendJson<NewInvitationView>('POST', '/users', invitee),
  resendInvitation: (id: string) => sendJson<NewInvitationView>('POST', `/invitations/${id}/resend`, {}),
  verifyAudit: () => json<AuditChainView>('/audit-events/verify'),
  usageSummary: () => json<UsageSummaryView>('/usage/summary'),
  usageDaily: () => json<UsageDailyView>('/usage/daily'),
  resetUsage: () => sendJson<{ resetCount: number }>('POST', '/usage/reset', {}),
  organization: () => json<OrganizationView>('/organizations/current'),
  updateOrganization: (settings: OrganizationSettings) =>
    sendJson<OrganizationView>('PUT', '/organizations/current', settings),
  setPoolQuota: (organizationId: string, poolQuota: number) =>
    sendJson<OrganizationView>('PUT', `/organizations/${organizationId}`, { poolQuota }),
};

export type ConsoleDataProvider = DataProvider & typeof verbs;

export const dataProvider: ConsoleDataProvider = {
  ...simpleRestProvider('/api/v1', httpClient),
  getList: (resource: string, parameters: GetListParams) => countedList(httpClient, `/api/v1/${resource}`, parameters),
  ...verbs,
} as ConsoleDataProvider;
