import { type CountryCode, getCountryCallingCode, Metadata } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/max/metadata';
import type { DestinationType } from '#contracts';
import { countryOfAddedAreaCode } from './added-area-codes.js';
import { isNationalSatellite, typeOfInternationalService } from './special-ranges.js';

/**
 * Country and type of a number, by libphonenumber's full metadata and the ranges that it does not tell apart
 * (special-ranges.ts).
 *
 * The library answers the same (a spec compares them), but compiles its patterns anew at every call: 110,000 numbers a
 * second. Compiled once, they give 3 million, and the call gate parses every destination.
 */
interface NumberingPlan {
  /** Null for the international services of no country (+800, +883 and the like). */
  countryCode: string | null;
  leadingDigits: RegExp | null;
  /** What people dial before a national number at home, and not from abroad. */
  nationalPrefix: string | null;
  general: RegExp;
  fixedLine: NumberPattern | null;
  /** True where one pattern stands for fixed lines and mobiles. */
  fixedLineIsMobile: boolean;
  others: NumberPattern[];
}

interface NumberPattern {
  type: DestinationType;
  pattern: RegExp;
  lengths: readonly number[] | null;
}

export interface ResolvedNumber {
  countryCode: string | null;
  type: DestinationType;
  callingCode: string;
  nationalNumber: string;
}

/** What the library's metadata offers beyond its own type declarations. */
interface LibraryPlan {
  nationalNumberPattern(): string;
  nationalPrefix(): string | undefined;
  leadingDigits(): string | number | undefined;
  type(name: DestinationType): { pattern(): string; possibleLengths(): number[] | undefined } | undefined;
}

// In the library's order of precedence, after fixed lines.
const OTHER_TYPES = [
  'MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
] as const satisfies readonly DestinationType[];

const LONGEST_CALLING_CODE = 3;
const NORTH_AMERICA = '1';
const plansOfCallingCode = new Map<string, NumberingPlan[]>();

/** True for the ISO 3166-1 alpha-2 codes of countries that have phone numbers. */
export function isCountryCode(code: string): boolean {
  return Object.hasOwn(metadata.countries, code);
}

/** The calling code that the digits of an international number begin with; null when it is none. No two overlap. */
export function callingCodeOf(digits: string): string | null {
  for (let length = 1; length <= LONGEST_CALLING_CODE; length += 1) {
    const code = digits.slice(0, length);
    if (Object.hasOwn(metadata.country_calling_codes, code) || Object.hasOwn(metadata.nonGeographic, code)) return code;
  }
  return null;
}

/**
 * Finds country and type of a number.
 *
 * @param digits the international number without its plus sign
 * @returns null when the number does not exist in any numbering plan
 */
export function resolveNumber(digits: string): ResolvedNumber | null {
  const callingCode = callingCodeOf(digits);
  if (callingCode === null) return null;
  const nationalNumber = digits.slice(callingCode.length);
  const plans = plansOf(callingCode);
  for (const { countryCode, leadingDigits, ...plan } of plans) {
    if (plans.length > 1 && leadingDigits !== null && !leadingDigits.test(nationalNumber)) continue;
    const planned = typeIn(plan, nationalNumber);
    if (planned !== null) {
      const type = countryCode ? ofCountry(planned, callingCode, nationalNumber) : typeOfInternationalService(digits);
      return type && { countryCode, type, callingCode, nationalNumber };
    }
    // Leading digits settle the country, also when no number begins like this one.
    if (plans.length > 1 && leadingDigits !== null) return null;
  }
  const added = callingCode === NORTH_AMERICA ? countryOfAddedAreaCode(nationalNumber) : null;
  if (added === null) return null;
  return { countryCode: added, type: 'FIXED_LINE_OR_MOBILE', callingCode, nationalNumber };
}

/** True where that digit is dialed before national numbers at home: the 0 in `+44 (0)20 …`. */
export function isNationalPrefix(callingCode: string, digit: string): boolean {
  return plansOf(callingCode).some(({ nationalPrefix }) => nationalPrefix === digit);
}

/** The calling code of a country that has phone numbers. */
export function callingCodeOfCountry(country: string): string {
  return getCountryCallingCode(country as CountryCode);
}

/** The type of a number in the plan of that country; null when it is none of its numbers. Some belong to several. */
export function typeInCountry(
  { callingCode, nationalNumber }: ResolvedNumber,
  country: string,
): DestinationType | null {
  const plan = plansOf(callingCode).find(({ countryCode }) => countryCode === country);
  if (!plan || plan.leadingDigits?.test(nationalNumber) === false) return null;
  const type = typeIn(plan, nationalNumber);
  return type && ofCountry(type, callingCode, nationalNumber);
}

function ofCountry(planned: DestinationType, callingCode: string, nationalNumber: string): DestinationType {
  return isNationalSatellite(callingCode, nationalNumber) ? 'SATELLITE' : planned;
}

function typeIn(plan: Omit<NumberingPlan, 'countryCode' | 'leadingDigits'>, number: string): DestinationType | null {
  if (!plan.general.test(number)) return null;
  if (plan.fixedLine !== null && fits(plan.fixedLine, number)) {
    const mobile = plan.others[0]?.type === 'MOBILE' ? plan.others[0] : null;
    const both = plan.fixedLineIsMobile || (mobile !== null && fits(mobile, number));
    return both ? 'FIXED_LINE_OR_MOBILE' : 'FIXED_LINE';
  }
  for (const other of plan.others) if (fits(other, number)) return other.type;
  return null;
}

function fits({ lengths, pattern }: NumberPattern, number: string): boolean {
  return (lengths === null || lengths.includes(number.length)) && pattern.test(number);
}

function plansOf(callingCode: string): NumberingPlan[] {
  let plans = plansOfCallingCode.get(callingCode);
  if (plans === undefined) {
    const countries: Record<string, string[] | undefined> = metadata.country_calling_codes;
    plans = (countries[callingCode] ?? [null]).map((country) => compile(country, callingCode));
    plansOfCallingCode.set(callingCode, plans);
  }
  return plans;
}

function compile(countryCode: string | null, callingCode: string): NumberingPlan {
  const source = new Metadata();
  source.selectNumberingPlan((countryCode ?? callingCode) as Parameters<Metadata['selectNumberingPlan']>[0]);
  const plan = source.numberingPlan as unknown as LibraryPlan;
  const leadingDigits = plan.leadingDigits();
  return {
    countryCode,
    leadingDigits: leadingDigits ? new RegExp(`^(?:${leadingDigits})`) : null,
    nationalPrefix: plan.nationalPrefix() || null,
    general: entirely(plan.nationalNumberPattern()),
    fixedLine: patternOf(plan, 'FIXED_LINE'),
    // The metadata leaves out a mobile pattern that equals the one of fixed lines.
    fixedLineIsMobile: !plan.type('MOBILE')?.pattern(),
    others: OTHER_TYPES.flatMap((type) => patternOf(plan, type) ?? []),
  };
}

function patternOf(plan: LibraryPlan, type: DestinationType): NumberPattern | null {
  const definition = plan.type(type);
  if (!definition?.pattern()) return null;
  return { type, pattern: entirely(definition.pattern()), lengths: definition.possibleLengths() ?? null };
}

function entirely(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}
