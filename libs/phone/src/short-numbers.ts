import google, { type RegionCode } from 'google-libphonenumber';

const { PhoneNumber, PhoneNumberUtil, ShortNumberInfo } = google;
const numbers = PhoneNumberUtil.getInstance();
const shortNumbers = ShortNumberInfo.getInstance();
const regions = numbers.getSupportedRegions();

const regionsOfCallingCode = new Map<number, RegionCode[]>();
for (const region of regions) {
  const callingCode = numbers.getCountryCodeForRegion(region);
  regionsOfCallingCode.set(callingCode, [...(regionsOfCallingCode.get(callingCode) ?? []), region]);
}

const MAX_REMEMBERED = 4096;
const remembered = new Map<string, boolean>();

/**
 * True when a phone somewhere in the world reaches an emergency service or a short code by dialing these digits.
 * Asking every region takes up to a millisecond, hence the memory.
 */
export function isShortNumber(digits: string): boolean {
  const known = remembered.get(digits);
  if (known !== undefined) return known;
  const isShort = regions.some((region) => shortNumbers.isEmergencyNumber(digits, region) || isShortIn(region, digits));
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(digits, isShort);
  return isShort;
}

/** True when the digits after a calling code are an emergency number there, such as 911 after +1. */
export function isEmergencyNumberAt(callingCode: string, nationalNumber: string): boolean {
  const there = regionsOfCallingCode.get(Number(callingCode)) ?? [];
  return there.some((region) => shortNumbers.isEmergencyNumber(nationalNumber, region));
}

function isShortIn(region: RegionCode, digits: string): boolean {
  const number = new PhoneNumber();
  number.setCountryCode(numbers.getCountryCodeForRegion(region));
  number.setNationalNumber(Number(digits));
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  if (zeros > 0) {
    number.setItalianLeadingZero(true);
    number.setNumberOfLeadingZeros(zeros);
  }
  return shortNumbers.isValidShortNumberForRegion(number, region);
}
