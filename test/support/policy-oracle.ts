import { destinationTypes, type DestinationType, type ReasonCode, restrictedDestinationTypes } from '#contracts';

/** Everything that the policy looks at. */
export interface PolicyFacts {
  refusal: 'destination_invalid' | 'destination_emergency' | null;
  suspended: boolean;
  agentActive: boolean;
  numberActive: boolean;
  numberCanCall: boolean;
  paused: boolean;
  country: string | null;
  type: DestinationType;
  countries: string[];
  types: string[];
}

const isOrdinary = (type: DestinationType): boolean =>
  /^(FIXED_LINE|MOBILE|FIXED_LINE_OR_MOBILE|TOLL_FREE|VOIP)$/.test(type);

/** The refusals in the order in which they win, and when each applies: the design told a second time, in no SQL. */
const REFUSALS: [code: ReasonCode, applies: (facts: PolicyFacts) => boolean][] = [
  ['destination_invalid', ({ refusal }) => refusal === 'destination_invalid'],
  ['destination_emergency', ({ refusal }) => refusal === 'destination_emergency'],
  ['organization_suspended', ({ suspended }) => suspended],
  ['agent_inactive', ({ agentActive }) => !agentActive],
  ['number_inactive', ({ numberActive }) => !numberActive],
  ['number_cannot_call', ({ numberActive, numberCanCall }) => numberActive && !numberCanCall],
  ['assignment_paused', ({ paused }) => paused],
  ['number_type_blocked', ({ type, types }) => !isOrdinary(type) && !types.includes(type)],
  [
    'country_not_allowed',
    ({ type, country, countries }) => (country === null ? isOrdinary(type) : !countries.includes(country)),
  ],
];

export const refusalOrder = REFUSALS.map(([code]) => code);

/** Every refusal that applies, the one that wins first. */
export function refusalsOf(facts: PolicyFacts): ReasonCode[] {
  return REFUSALS.filter(([, applies]) => applies(facts)).map(([code]) => code);
}

const both = [false, true];

/** No restricted type, each of them alone, and all of them, as an assignment may allow them. */
export const typeLists: string[][] = [
  [],
  ...restrictedDestinationTypes.map((type) => [type]),
  [...restrictedDestinationTypes],
];

export const countryLists: string[][] = [[], ['US'], ['GB', 'GG'], ['US', 'CA', 'GB']];

/** Every combination of what a destination can be. */
export function* everyDestination(): Generator<Pick<PolicyFacts, 'refusal' | 'country' | 'type'>> {
  for (const refusal of [null, 'destination_invalid', 'destination_emergency'] as const)
    for (const country of [null, 'US', 'GG']) for (const type of destinationTypes) yield { refusal, country, type };
}

/** Active and able to call: one that is not active is told to be so whatever it can. */
const NUMBERS = [
  [true, true],
  [true, false],
  [false, false],
] as const;

/** Every combination of what an assignment can be. */
export function* everyAssignment(): Generator<
  Pick<PolicyFacts, 'agentActive' | 'numberActive' | 'numberCanCall' | 'paused' | 'countries' | 'types'>
> {
  for (const agentActive of both)
    for (const [numberActive, numberCanCall] of NUMBERS)
      for (const paused of both)
        for (const countries of countryLists)
          for (const types of typeLists) yield { agentActive, numberActive, numberCanCall, paused, countries, types };
}
