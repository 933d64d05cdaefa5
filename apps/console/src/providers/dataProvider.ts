import {
  type AssignNumber,
  assignPhoneNumber,
  type AuthorizeCall,
  type BulkRequest,
  cancelImport,
  claimPhoneNumber,
  connectPhoneNumber,
  disconnectPhoneNumber,
  exportAgentAssignmentsCsv,
  exportDecisionsCsv,
  exportPhoneNumbersCsv,
  getCurrentOrganization,
  getDailyUsage,
  getDecision,
  getImport,
  getPhoneNumberSummary,
  getUsageSummary,
  type Invite,
  inviteUser,
  listDecisions,
  type ListDecisionsData,
  releasePhoneNumber,
  resendInvitation,
  reservePhoneNumber,
  resetUsage,
  runBulkOperation,
  simulateCall,
  unassignPhoneNumber,
  undoImport,
  unreservePhoneNumber,
  updateCurrentOrganization,
  updateOrganization,
  type UpdateOrganization,
  verifyAuditChain,
  type VoidCall,
  voidCall,
} from '#api-client';
import type { ColumnMapping, ImportJobView, PhoneNumberProvider, UploadNumberFormat } from '#contracts';
import simpleRestProvider from 'ra-data-simple-rest';
import type { DataProvider, fetchUtils, GetListParams } from 'react-admin';
import { asHttpError, dataOf, fileOf, here } from './apiClient';
import { countedList } from './countedList';
import { callApi } from './session';

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

export interface UploadOptions {
  dryRun: boolean;
  operation: ImportJobView['operation'];
  /** Means nothing but to register. */
  mode?: ImportJobView['mode'];
  /** How numbers without a plus are dialed, in rows without a country. */
  country?: string;
  numberFormat?: UploadNumberFormat;
  /** Of rows that name none. */
  provider?: PhoneNumberProvider;
  /** Of the file; without it, the API finds out. */
  encoding?: string;
  mapping?: ColumnMapping;
}

export type Invitee = Invite;

export type DecisionQuery = Omit<NonNullable<ListDecisionsData['query']>, 'limit' | 'cursor'>;

const exports = { 'phone-numbers': exportPhoneNumbersCsv, 'agent-assignments': exportAgentAssignmentsCsv };

export type ExportedResource = keyof typeof exports;

/** A short upload is answered when it is done. */
const WITH_PATIENCE = { prefer: 'wait=1' };

/**
 * Uploads go past the client. The browser sends the bytes of a file as they are, and its name beside them, from the disk; a
 * request that can be copied would hold them.
 */
async function upload(source: string | File, { mapping, ...options }: UploadOptions): Promise<ImportJobView> {
  const query = Object.entries({ ...options, mapping: mapping && JSON.stringify(mapping) })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, String(value)]);
  const path = `/phone-numbers/bulk-upload?${new URLSearchParams(query)}`;
  if (typeof source === 'string') {
    return json(path, { method: 'POST', headers: { 'content-type': 'text/csv', ...WITH_PATIENCE }, body: source });
  }
  const form = new FormData();
  form.set('file', source);
  return json(path, { method: 'POST', headers: WITH_PATIENCE, body: form });
}

const verbs = {
  phoneNumberSummary: () => dataOf(getPhoneNumberSummary(here)),
  exportList: (resource: ExportedResource, filter: object) =>
    fileOf(exports[resource]({ ...here, query: { filter: JSON.stringify(filter) }, parseAs: 'blob' })),
  bulkUpload: upload,
  importJob: (id: string) => dataOf(getImport({ ...here, path: { id } })),
  cancelImport: (id: string) => dataOf(cancelImport({ ...here, path: { id } })),
  undoImport: (id: string) => dataOf(undoImport({ ...here, path: { id } })),
  assign: (id: string, body: AssignNumber) => dataOf(assignPhoneNumber({ ...here, path: { id }, body })),
  unassign: (id: string) => dataOf(unassignPhoneNumber({ ...here, path: { id } })),
  bulk: (body: BulkRequest) => dataOf(runBulkOperation({ ...here, body })),
  claim: (id: string, clientId: string | null) =>
    dataOf(claimPhoneNumber({ ...here, path: { id }, body: { clientId } })),
  reserve: (id: string, minutes: number) => dataOf(reservePhoneNumber({ ...here, path: { id }, body: { minutes } })),
  unreserve: (id: string) => dataOf(unreservePhoneNumber({ ...here, path: { id } })),
  release: (id: string) => dataOf(releasePhoneNumber({ ...here, path: { id } })),
  connect: (id: string, agentId: string) => dataOf(connectPhoneNumber({ ...here, path: { id }, body: { agentId } })),
  disconnect: (id: string) => dataOf(disconnectPhoneNumber({ ...here, path: { id } })),
  simulateCall: (body: AuthorizeCall) => dataOf(simulateCall({ ...here, body })),
  decisions: (query: DecisionQuery, cursor: string | null) =>
    dataOf(listDecisions({ ...here, query: { ...query, cursor: cursor ?? undefined } })),
  decision: (id: string) => dataOf(getDecision({ ...here, path: { id } })),
  decisionsCsv: (query: DecisionQuery) => fileOf(exportDecisionsCsv({ ...here, query, parseAs: 'blob' })),
  voidCall: (id: string, reason: VoidCall['reason']) => dataOf(voidCall({ ...here, path: { id }, body: { reason } })),
  invite: (body: Invite) => dataOf(inviteUser({ ...here, body })),
  resendInvitation: (id: string) => dataOf(resendInvitation({ ...here, path: { id } })),
  verifyAudit: () => dataOf(verifyAuditChain(here)),
  usageSummary: () => dataOf(getUsageSummary(here)),
  usageDaily: () => dataOf(getDailyUsage(here)),
  resetUsage: () => dataOf(resetUsage({ ...here, body: {} })),
  organization: () => dataOf(getCurrentOrganization(here)),
  updateOrganization: (body: UpdateOrganization) => dataOf(updateCurrentOrganization({ ...here, body })),
  setPoolQuota: (id: string, poolQuota: number) =>
    dataOf(updateOrganization({ ...here, path: { id }, body: { poolQuota } })),
};

export type ConsoleDataProvider = DataProvider & typeof verbs;

export const dataProvider: ConsoleDataProvider = {
  ...simpleRestProvider('/api/v1', httpClient),
  getList: (resource: string, parameters: GetListParams) => countedList(httpClient, `/api/v1/${resource}`, parameters),
  ...verbs,
} as ConsoleDataProvider;
