import { countries as listed } from 'country-flag-icons';

/** Territories with a flag and no numbering plan of their own. */
const WITHOUT_NUMBERS = new Set(['AQ', 'BV', 'GS', 'HM', 'PN', 'TF', 'UM', 'EU', 'XK', 'IC', 'EA', 'CP', 'DG']);

const names = new Intl.DisplayNames(['en'], { type: 'region' });

export const countryName = (code: string): string => names.of(code) ?? code;

/** ISO 3166-1 alpha-2 codes, by name. */
export const countryCodes = listed
  .filter((code) => /^[A-Z]{2}$/.test(code) && !WITHOUT_NUMBERS.has(code))
  .sort((a, b) => countryName(a).localeCompare(countryName(b)));

export const countryChoices = countryCodes.map((code) => ({ id: code, name: countryName(code) }));
