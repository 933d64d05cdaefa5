/** What the test knows of a destination without asking the API: which country it is in, or why it can never be called. */
export interface Destination {
  number: string;
  /** Null where the number is none. */
  country: string | null;
  /** The refusal that is certain whatever the rules, or null. */
  refusal: 'destination_invalid' | 'number_type_blocked' | null;
}

interface Range {
  prefix: string;
  first: number;
  digits: number;
  country: string | null;
  refusal: Destination['refusal'];
  weight: number;
}

/** Ranges of at least a million valid numbers each, so that every call of a run has a destination of its own. */
const RANGES: readonly Range[] = [
  { prefix: '+1202', first: 2_000_000, digits: 7, country: 'US', refusal: null, weight: 8 },
  { prefix: '+1416', first: 2_000_000, digits: 7, country: 'CA', refusal: null, weight: 5 },
  { prefix: '+1809', first: 2_000_000, digits: 7, country: 'DO', refusal: null, weight: 2 },
  { prefix: '+447400', first: 0, digits: 6, country: 'GB', refusal: null, weight: 2 },
  { prefix: '+447781', first: 0, digits: 6, country: 'GG', refusal: null, weight: 1 },
  { prefix: '+49151', first: 20_000_000, digits: 8, country: 'DE', refusal: null, weight: 1 },
  { prefix: '+336', first: 12_000_000, digits: 8, country: 'FR', refusal: null, weight: 1 },
  { prefix: '+1900', first: 2_000_000, digits: 7, country: 'US', refusal: 'number_type_blocked', weight: 1 },
  { prefix: '+1000', first: 2_000_000, digits: 7, country: null, refusal: 'destination_invalid', weight: 1 },
];
const TURNS = RANGES.flatMap((range) => Array.from({ length: range.weight }, () => range));
const SIZE = 1_000_000;

/** Hands out numbers, none of them twice. `chance` (0 to 1) chooses the range. */
export class Destinations {
  private readonly taken = new Map<Range, number>();

  next(chance: number): Destination {
    return this.of(TURNS[Math.floor(chance * TURNS.length)]!);
  }

  in(country: string): Destination {
    return this.of(RANGES.find((range) => range.country === country && range.refusal === null)!);
  }

  private of(range: Range): Destination {
    const serial = this.taken.get(range) ?? 0;
    if (serial >= SIZE) throw new Error(`The range ${range.prefix} is used up: make the run shorter`);
    this.taken.set(range, serial + 1);
    const number = range.prefix + String(range.first + serial).padStart(range.digits, '0');
    return { number, country: range.country, refusal: range.refusal };
  }
}
