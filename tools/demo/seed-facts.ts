import type { AgentKind, PhoneNumberProvider, Role } from '#contracts';

/** Who and what the demo consists of. Phone numbers are of ranges that are kept free for fiction where a country has one. */
export const PASSWORD = 'ringfence-demo';

export const organizations = [
  { slug: 'demo', name: 'Demo Contact Centre', timeZone: 'America/New_York', currency: 'USD', countries: ['US', 'CA'] },
  { slug: 'rival', name: 'Rival Calls', timeZone: 'Europe/London', currency: 'GBP', countries: ['GB'] },
] as const;

export const users: { email: string; name: string; organization: string; role: Role; platformAdmin?: boolean }[] = [
  { email: 'platform@demo.test', name: 'Pat Platform', organization: 'demo', role: 'admin', platformAdmin: true },
  { email: 'owner@demo.test', name: 'Olive Owner', organization: 'demo', role: 'owner' },
  { email: 'admin@demo.test', name: 'Ada Admin', organization: 'demo', role: 'admin' },
  { email: 'manager@demo.test', name: 'Max Manager', organization: 'demo', role: 'manager' },
  { email: 'agent@demo.test', name: 'Alex Agent', organization: 'demo', role: 'agent' },
  { email: 'admin@rival.test', name: 'Riley Rival', organization: 'rival', role: 'admin' },
];

/** Who is invited and has not accepted yet. */
export const INVITED: { email: string; role: Role } = { email: 'newcomer@demo.test', role: 'manager' };

interface DemoAgent {
  name: string;
  kind: AgentKind;
  /** E-mail of the user who signs in as this agent. */
  user?: string;
  inactive?: boolean;
  /** Regions whose next free number the agent calls from. */
  regions: string[];
  dailyLimit: number;
  /** Null inherits the organization's. */
  countries: string[] | null;
  /** Calls that want to be placed on a usual weekday, as a share of the limit. */
  load: number;
}

// prettier-ignore
export const agents: DemoAgent[] = [
  { name: 'Renewals (AI)', kind: 'ai', regions: ['New York', 'New York', 'New York', 'Ontario'], dailyLimit: 1000, countries: null, load: 0.42 },
  { name: 'Outbound sales (AI)', kind: 'ai', regions: ['California', 'California', 'California', 'California'], dailyLimit: 500, countries: null, load: 0.62 },
  { name: 'Appointment reminders (AI)', kind: 'ai', regions: ['Texas', 'Texas', 'Texas'], dailyLimit: 300, countries: ['US'], load: 0.88 },
  { name: 'Payment reminders (AI)', kind: 'ai', regions: ['Florida', 'Florida', 'Georgia'], dailyLimit: 250, countries: ['US', 'CA'], load: 0.7 },
  { name: 'UK surveys (AI)', kind: 'ai', regions: ['London', 'London', 'Manchester'], dailyLimit: 150, countries: ['GB', 'GG', 'JE', 'IM'], load: 0.45 },
  { name: 'DACH follow-up (AI)', kind: 'ai', regions: ['Berlin', 'Munich'], dailyLimit: 120, countries: ['DE', 'AT', 'CH'], load: 0.38 },
  { name: 'Front desk', kind: 'human', regions: ['Illinois', 'Illinois'], dailyLimit: 100, countries: null, load: 0.33 },
  { name: 'Alex Agent', kind: 'human', user: 'agent@demo.test', regions: ['Massachusetts', 'Ontario'], dailyLimit: 80, countries: null, load: 0.55 },
  { name: 'Priya Natarajan', kind: 'human', regions: ['British Columbia'], dailyLimit: 80, countries: ['US', 'CA', 'GB'], load: 0.62 },
  { name: 'Claire Fontaine', kind: 'human', regions: ['Paris'], dailyLimit: 25, countries: ['FR', 'BE', 'CH'], load: 14 },
  { name: 'Jack Murray', kind: 'human', regions: ['New South Wales'], dailyLimit: 90, countries: ['AU', 'NZ'], load: 0.3 },
  { name: 'Night shift (AI)', kind: 'ai', inactive: true, regions: ['Arizona'], dailyLimit: 100, countries: null, load: 0 },
];

/** The agent that scripts call with: it has room for thousands of calls a day. */
export const CALLING_AGENT = 'Renewals (AI)';

/** The number that scripts call. */
export const DESTINATION = '+14165550123';

/** The agent whose last assignment is paused. */
export const PAUSED_AGENT = 'UK surveys (AI)';

/** The agent that answers calls to the first toll-free number. */
export const INBOUND_AGENT = 'Front desk';
export const INBOUND_REGION = 'Toll-free';

/** A block of consecutive numbers. */
export interface NumberBlock {
  first: string;
  count: number;
  region: string;
  label: string;
  tag: string;
  provider: PhoneNumberProvider;
  monthlyCost: string;
}

// prettier-ignore
export const numberBlocks: NumberBlock[] = [
  { first: '+12125550110', count: 6, region: 'New York', label: 'Renewals New York', tag: 'renewals', provider: 'telnyx', monthlyCost: '1.00' },
  { first: '+14155550120', count: 6, region: 'California', label: 'Sales San Francisco', tag: 'sales', provider: 'telnyx', monthlyCost: '1.00' },
  { first: '+15125550130', count: 5, region: 'Texas', label: 'Reminders Austin', tag: 'reminders', provider: 'twilio', monthlyCost: '1.15' },
  { first: '+13055550140', count: 4, region: 'Florida', label: 'Payments Miami', tag: 'payments', provider: 'twilio', monthlyCost: '1.15' },
  { first: '+13125550150', count: 4, region: 'Illinois', label: 'Front desk Chicago', tag: 'desk', provider: 'bandwidth', monthlyCost: '0.80' },
  { first: '+14045550110', count: 3, region: 'Georgia', label: 'Payments Atlanta', tag: 'payments', provider: 'bandwidth', monthlyCost: '0.80' },
  { first: '+16025550110', count: 3, region: 'Arizona', label: 'Night shift Phoenix', tag: 'night', provider: 'telnyx', monthlyCost: '1.00' },
  { first: '+16175550110', count: 3, region: 'Massachusetts', label: 'Desk Boston', tag: 'desk', provider: 'twilio', monthlyCost: '1.15' },
  { first: '+18005550110', count: 2, region: 'Toll-free', label: 'Hotline', tag: 'inbound', provider: 'bandwidth', monthlyCost: '2.00' },
  { first: '+14165550110', count: 5, region: 'Ontario', label: 'Sales Toronto', tag: 'sales', provider: 'telnyx', monthlyCost: '1.10' },
  { first: '+16045550120', count: 3, region: 'British Columbia', label: 'Desk Vancouver', tag: 'desk', provider: 'twilio', monthlyCost: '1.15' },
  { first: '+15145550130', count: 3, region: 'Quebec', label: 'Sales Montreal', tag: 'sales', provider: 'telnyx', monthlyCost: '1.10' },
  { first: '+442079460010', count: 4, region: 'London', label: 'Surveys London', tag: 'surveys', provider: 'twilio', monthlyCost: '1.25' },
  { first: '+441614960010', count: 2, region: 'Manchester', label: 'Surveys Manchester', tag: 'surveys', provider: 'vonage', monthlyCost: '1.25' },
  { first: '+493023125100', count: 2, region: 'Berlin', label: 'Follow-up Berlin', tag: 'follow-up', provider: 'telnyx', monthlyCost: '1.90' },
  { first: '+498999998100', count: 1, region: 'Munich', label: 'Follow-up Munich', tag: 'follow-up', provider: 'telnyx', monthlyCost: '1.90' },
  { first: '+33199001010', count: 2, region: 'Paris', label: 'Desk Paris', tag: 'desk', provider: 'vonage', monthlyCost: '1.60' },
  { first: '+61255501010', count: 2, region: 'New South Wales', label: 'Desk Sydney', tag: 'desk', provider: 'twilio', monthlyCost: '3.00' },
];

/** What the platform keeps for every organization to claim. */
// prettier-ignore
export const poolBlocks: NumberBlock[] = [
  { first: '+12065550110', count: 4, region: 'Washington', label: 'Seattle', tag: 'pool', provider: 'telnyx', monthlyCost: '1.00' },
  { first: '+13035550110', count: 3, region: 'Colorado', label: 'Denver', tag: 'pool', provider: 'twilio', monthlyCost: '1.15' },
  { first: '+17025550110', count: 2, region: 'Nevada', label: 'Las Vegas', tag: 'pool', provider: 'telnyx', monthlyCost: '1.00' },
  { first: '+19025550110', count: 1, region: 'Nova Scotia', label: 'Halifax', tag: 'pool', provider: 'twilio', monthlyCost: '1.15' },
  { first: '+441314960010', count: 2, region: 'Edinburgh', label: 'Edinburgh', tag: 'pool', provider: 'vonage', monthlyCost: '1.25' },
];

// prettier-ignore
export const rivalBlocks: NumberBlock[] = [
  { first: '+441134960010', count: 3, region: 'Leeds', label: 'Leeds', tag: 'sales', provider: 'vonage', monthlyCost: '1.25' },
];

/** Where calls go: the first numbers of ranges, with how many follow. */
// prettier-ignore
export const calledRanges: Record<string, { first: string; count: number }[]> = {
  US: [{ first: '+12125550100', count: 100 }, { first: '+13125550100', count: 100 }, { first: '+14155550100', count: 100 },
    { first: '+16175550100', count: 100 }, { first: '+13055550100', count: 100 }, { first: '+15125550100', count: 100 }],
  CA: [{ first: '+14165550100', count: 100 }, { first: '+16045550100', count: 100 }, { first: '+15145550100', count: 100 }],
  GB: [{ first: '+442079460000', count: 1000 }, { first: '+441614960000', count: 1000 }],
  DE: [{ first: '+493023125000', count: 1000 }, { first: '+498999998000', count: 1000 }],
  FR: [{ first: '+33199000000', count: 10_000 }],
  AU: [{ first: '+61255500000', count: 10_000 }],
};
