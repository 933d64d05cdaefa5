import type { AgentKind, PhoneNumberProvider, Role } from '#contracts';

export const PASSWORD = 'ringfence-demo';

export const organizations = [
  {
    slug: 'demo',
    name: 'Demo Contact Centre',
    timeZone: 'America/New_York',
    currency: 'USD',
    countries: ['US', 'CA'],
  },
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

interface DemoAgent {
  name: string;
  kind: AgentKind;
  /** E-mail of the user who signs in as this agent. */
  user?: string;
  inactive?: boolean;
  /** How many numbers it calls from, with which limit and countries (null inherits). */
  numbers: number;
  dailyLimit: number;
  countries: string[] | null;
  /** Share of the limit that a usual weekday uses. */
  load: number;
}

export const agents: DemoAgent[] = [
  { name: 'Outbound Sales (AI)', kind: 'ai', numbers: 5, dailyLimit: 1000, countries: null, load: 0.52 },
  { name: 'Renewals (AI)', kind: 'ai', numbers: 4, dailyLimit: 250, countries: ['US', 'CA'], load: 0.71 },
  { name: 'Appointment Reminders (AI)', kind: 'ai', numbers: 3, dailyLimit: 200, countries: ['US'], load: 0.88 },
  { name: 'UK Surveys (AI)', kind: 'ai', numbers: 3, dailyLimit: 150, countries: ['GB', 'GG', 'JE', 'IM'], load: 0.45 },
  { name: 'DACH Follow-up (AI)', kind: 'ai', numbers: 2, dailyLimit: 120, countries: ['DE', 'AT', 'CH'], load: 0.38 },
  { name: 'Front desk', kind: 'human', numbers: 2, dailyLimit: 100, countries: null, load: 0.33 },
  {
    name: 'Alex Agent',
    kind: 'human',
    user: 'agent@demo.test',
    numbers: 2,
    dailyLimit: 80,
    countries: null,
    load: 0.55,
  },
  { name: 'Priya Natarajan', kind: 'human', numbers: 1, dailyLimit: 80, countries: ['US', 'CA', 'GB'], load: 0.62 },
  { name: 'Tom Becker', kind: 'human', numbers: 1, dailyLimit: 60, countries: ['DE', 'AT', 'CH'], load: 0.4 },
  { name: 'Claire Fontaine', kind: 'human', numbers: 1, dailyLimit: 60, countries: ['FR', 'BE', 'CH'], load: 0.35 },
  { name: 'Sydney Desk', kind: 'human', numbers: 1, dailyLimit: 90, countries: ['AU', 'NZ'], load: 0.3 },
  { name: 'Night shift (AI)', kind: 'ai', inactive: true, numbers: 1, dailyLimit: 100, countries: null, load: 0 },
];

export interface NumberRange {
  /** Numbers made up for fiction where the country sets some aside, else unlikely ones. */
  prefix: string;
  from: number;
  digits: number;
  count: number;
  country: string;
  region: string;
  provider: PhoneNumberProvider;
  monthlyCost: string;
}

export const numberRanges: NumberRange[] = [
  {
    prefix: '+1212555',
    from: 110,
    digits: 4,
    count: 6,
    country: 'US',
    region: 'New York',
    provider: 'telnyx',
    monthlyCost: '1.00',
  },
  {
    prefix: '+1415555',
    from: 120,
    digits: 4,
    count: 6,
    country: 'US',
    region: 'California',
    provider: 'telnyx',
    monthlyCost: '1.00',
  },
  {
    prefix: '+1512555',
    from: 130,
    digits: 4,
    count: 5,
    country: 'US',
    region: 'Texas',
    provider: 'twilio',
    monthlyCost: '1.15',
  },
  {
    prefix: '+1305555',
    from: 140,
    digits: 4,
    count: 4,
    country: 'US',
    region: 'Florida',
    provider: 'twilio',
    monthlyCost: '1.15',
  },
  {
    prefix: '+1312555',
    from: 150,
    digits: 4,
    count: 4,
    country: 'US',
    region: 'Illinois',
    provider: 'bandwidth',
    monthlyCost: '0.80',
  },
  {
    prefix: '+1416555',
    from: 110,
    digits: 4,
    count: 5,
    country: 'CA',
    region: 'Ontario',
    provider: 'telnyx',
    monthlyCost: '1.10',
  },
  {
    prefix: '+1604555',
    from: 120,
    digits: 4,
    count: 3,
    country: 'CA',
    region: 'British Columbia',
    provider: 'twilio',
    monthlyCost: '1.15',
  },
  {
    prefix: '+44207946',
    from: 10,
    digits: 4,
    count: 5,
    country: 'GB',
    region: 'London',
    provider: 'twilio',
    monthlyCost: '1.25',
  },
  {
    prefix: '+44161496',
    from: 10,
    digits: 4,
    count: 2,
    country: 'GB',
    region: 'Manchester',
    provider: 'vonage',
    monthlyCost: '1.25',
  },
  {
    prefix: '+493023125',
    from: 100,
    digits: 3,
    count: 3,
    country: 'DE',
    region: 'Berlin',
    provider: 'telnyx',
    monthlyCost: '1.90',
  },
  {
    prefix: '+3319900',
    from: 1010,
    digits: 4,
    count: 2,
    country: 'FR',
    region: 'Paris',
    provider: 'vonage',
    monthlyCost: '1.60',
  },
  {
    prefix: '+612555',
    from: 1010,
    digits: 5,
    count: 2,
    country: 'AU',
    region: 'New South Wales',
    provider: 'twilio',
    monthlyCost: '3.00',
  },
];

/** What the platform keeps for everybody to claim. */
export const poolRanges: NumberRange[] = [
  {
    prefix: '+1206555',
    from: 110,
    digits: 4,
    count: 5,
    country: 'US',
    region: 'Washington',
    provider: 'telnyx',
    monthlyCost: '1.00',
  },
  {
    prefix: '+1303555',
    from: 110,
    digits: 4,
    count: 4,
    country: 'US',
    region: 'Colorado',
    provider: 'twilio',
    monthlyCost: '1.15',
  },
  {
    prefix: '+44131496',
    from: 10,
    digits: 4,
    count: 3,
    country: 'GB',
    region: 'Edinburgh',
    provider: 'vonage',
    monthlyCost: '1.25',
  },
];

/** The number that the printed curl line calls. */
export const DESTINATION = '+14165550123';
