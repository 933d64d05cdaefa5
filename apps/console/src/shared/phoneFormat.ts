import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** An E.164 number the way it is written internationally, such as +1 202 555 0123; as it is when its numbering plan is unknown. */
export const spaced = (e164: string): string => parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
