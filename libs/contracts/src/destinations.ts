/**
 * Destination types: libphonenumber's number types, with NON_GEOGRAPHIC for numbers of no country (ITU-T E.164
 * country codes such as +800 and +883) and UNKNOWN where the numbering plan does not tell.
 */
export const destinationTypes = [
  'FIXED_LINE',
  'MOBILE',
  'FIXED_LINE_OR_MOBILE',
  'TOLL_FREE',
  'PREMIUM_RATE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
  'NON_GEOGRAPHIC',
  'UNKNOWN',
] as const;
export type DestinationType = (typeof destinationTypes)[number];

/** Types that are refused unless an assignment names them in `allowedNumberTypes`. */
export const restrictedDestinationTypes = [
  'PREMIUM_RATE',
  'SHARED_COST',
  'NON_GEOGRAPHIC',
] as const satisfies readonly DestinationType[];
export type RestrictedDestinationType = (typeof restrictedDestinationTypes)[number];
