import type { OperationExamples } from './add-examples.js';
import { AGENT, ASSIGNMENT, IMPORT, NUMBER } from './ids.js';

const monday = '2026-11-02T09:00:00.000Z';

const number = {
  id: NUMBER,
  phoneNumber: '+12025550123',
  countryCode: 'US',
  region: 'Washington, DC',
  numberType: 'FIXED_LINE_OR_MOBILE',
  label: 'Main line',
  provider: 'telnyx',
  lifecycle: 'active',
  status: 'assigned',
  inPool: false,
  tags: ['sales'],
  monthlyCost: '1.15',
  currency: 'USD',
  capabilities: { voice: true, sms: false },
  assignmentId: ASSIGNMENT,
  agentId: AGENT,
  agentName: 'Reception bot',
  inboundAgentId: null,
  inboundAgentName: null,
  clientId: null,
  clientName: null,
  fromPool: false,
  reservedUntil: null,
  reservedByUs: false,
  createdAt: monday,
  updatedAt: monday,
};

const unassigned = { ...number, assignmentId: null, agentId: null, agentName: null };

const agent = {
  id: AGENT,
  name: 'Reception bot',
  kind: 'ai',
  status: 'active',
  userId: null,
  userEmail: null,
  externalId: 'asst_8f2k',
  clientId: null,
  clientName: null,
  numbersAssigned: 1,
  callsMadeToday: 12,
  dailyLimit: 40,
  createdAt: monday,
  updatedAt: monday,
};

const assignment = {
  id: ASSIGNMENT,
  agentId: AGENT,
  agentName: 'Reception bot',
  agentKind: 'ai',
  phoneNumberId: NUMBER,
  phoneNumber: '+12025550123',
  countryCode: 'US',
  provider: 'telnyx',
  label: 'Main line',
  dailyLimit: 40,
  allowedCountries: null,
  effectiveCountries: ['US', 'CA'],
  allowedNumberTypes: [],
  paused: false,
  callsMadeToday: 12,
  lastResetDate: '2026-11-02',
  remaining: 28,
  resetsAt: '2026-11-03T05:00:00.000Z',
  createdAt: monday,
  updatedAt: monday,
};

const upload = {
  id: IMPORT,
  status: 'completed',
  total: 3,
  processed: 3,
  created: 2,
  updated: 0,
  deleted: 0,
  unassigned: 0,
  skipped: 0,
  failed: 1,
  repaired: 0,
  noticeCount: 0,
  dryRun: false,
  operation: 'register',
  mode: 'create',
  fileName: null,
  createdBy: 'ops@example.com',
  createdAt: monday,
  finishedAt: '2026-11-02T09:00:01.000Z',
  undoneAt: null,
  failure: null,
  reading: {
    encoding: 'utf-8',
    separator: ',',
    hasHeader: false,
    columns: [
      { name: null, column: 'phoneNumber' },
      { name: null, column: 'provider' },
      { name: null, column: 'countryCode' },
    ],
    provider: null,
  },
  errors: [
    {
      line: 3,
      column: 'phoneNumber',
      code: 'number_invalid',
      message: 'is not a valid phone number',
      value: '+1202',
    },
  ],
  notices: [],
};

const created = (summary: string, value: unknown) => ({ 201: { created: { summary, value } } });

export const inventoryExamples: Record<string, OperationExamples> = {
  listPhoneNumbers: { responses: { 200: { page: { summary: 'A page with one number', value: [number] } } } },
  getPhoneNumber: { responses: { 200: { assigned: { summary: 'A number that an agent calls from', value: number } } } },
  createPhoneNumber: {
    request: {
      number: {
        summary: 'A number with what it costs',
        value: {
          phoneNumber: '+12025550123',
          provider: 'telnyx',
          label: 'Main line',
          region: 'Washington, DC',
          tags: ['sales'],
          monthlyCost: '1.15',
          currency: 'USD',
        },
      },
      least: { summary: 'What is required', value: { phoneNumber: '+12025550123', provider: 'telnyx' } },
    },
    responses: created('The number, which no agent calls from yet', unassigned),
  },
  assignPhoneNumber: {
    request: {
      limited: {
        summary: 'An agent, 40 calls a day, to the United States and Canada',
        value: { agentId: AGENT, dailyLimit: 40, allowedCountries: ['US', 'CA'] },
      },
    },
    responses: created('The assignment', { ...assignment, allowedCountries: ['US', 'CA'] }),
  },
  uploadPhoneNumbers: {
    responses: { 200: { done: { summary: 'Done within the time of `Prefer: wait`', value: upload } } },
  },
  getImport: { responses: { 200: { done: { summary: 'A finished upload', value: upload } } } },
  listAgents: { responses: { 200: { page: { summary: 'A page with one agent', value: [agent] } } } },
  getAgent: { responses: { 200: { agent: { summary: 'A voice agent', value: agent } } } },
  createAgent: {
    request: {
      voice: {
        summary: 'A voice agent, with its id at the platform',
        value: { name: 'Reception bot', kind: 'ai', externalId: 'asst_8f2k' },
      },
    },
    responses: created('The agent, without a number', {
      ...agent,
      numbersAssigned: 0,
      callsMadeToday: 0,
      dailyLimit: 0,
    }),
  },
  listAgentAssignments: {
    responses: { 200: { page: { summary: 'A page with one assignment', value: [assignment] } } },
  },
  createAgentAssignment: {
    request: {
      inherits: {
        summary: 'The countries of the organization, 40 calls a day',
        value: { agentId: AGENT, phoneNumberId: NUMBER, dailyLimit: 40 },
      },
    },
    responses: created('The assignment', { ...assignment, callsMadeToday: 0, remaining: 40 }),
  },
  updateAgentAssignment: {
    request: {
      pause: { summary: 'No call until it is resumed', value: { paused: true } },
      limit: { summary: 'Another limit', value: { dailyLimit: 60 } },
    },
    responses: { 200: { paused: { summary: 'The paused assignment', value: { ...assignment, paused: true } } } },
  },
  getUsageSummary: {
    responses: {
      200: {
        today: {
          summary: 'The day so far',
          value: {
            localDate: '2026-11-02',
            timeZone: 'America/New_York',
            resetsAt: '2026-11-03T05:00:00.000Z',
            callsAllowed: 12,
            callsDenied: 1,
            dailyCapacity: 40,
            callsMadeToday: 12,
            phoneNumbers: { total: 2, assigned: 1, unassigned: 1, pool: 0 },
            agents: { total: 1, active: 1 },
            perAgent: [
              {
                agentId: AGENT,
                agentName: 'Reception bot',
                agentKind: 'ai',
                callsMadeToday: 12,
                dailyLimit: 40,
                callsDenied: 1,
              },
            ],
            refusals: [{ reasonCode: 'country_not_allowed', count: 1 }],
          },
        },
      },
    },
  },
};
