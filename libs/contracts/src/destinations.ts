/**
 * Destination types that the allowed countries alone decide about. libphonenumber's words; TOLL_FREE is the national
 * kind, whose country has to be allowed.
 */
export const ordinaryDestinationTypes = ['FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'TOLL_FREE', 'VOIP'] as const;

/**
 * Types that are refused unless an assignment names them in `allowedNumberTypes`: what they cost is not what a call to
 * their country costs, and fraud pays out there. Numbers of no country have one of these types, by their ITU-T E.164
 * country code.
 */
export const restrictedDestinationTypes = [
  'PREMIUM_RATE',
  'SHARED_COST',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
  'SATELLITE',
  'UNIVERSAL_TOLL_FREE',
  'INTERNATIONAL_NETWORK',
] as const;
export type RestrictedDestinationType = (typeof restrictedDestinationTypes)[number];

/** UNKNOWN is what cannot be read as a number; no call to it passes, and no assignment can allow it. */
export const destinationTypes = [...ordinaryDestinationTypes, ...restrictedDestinationTypes, 'UNKNOWN'] as const;
export type DestinationType = (typeof destinationTypes)[number];
