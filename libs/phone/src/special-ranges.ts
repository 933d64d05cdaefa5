import type { RestrictedDestinationType } from '#contracts';

/**
 * What the ITU has assigned the country codes to that belong to no country (ITU-T E.164.1; the list of assigned codes
 * annexed to the ITU Operational Bulletin). The metadata tells what technique is behind them (+881 is MOBILE, +882 is
 * VOIP), which says nothing about their price.
 *
 * A longer prefix wins. Of the networks of +882 two are satellite systems, EMSAT and Thuraya; the others are networks
 * of ships, aircraft, connected things and carriers.
 */
const internationalServices: readonly [prefix: string, type: RestrictedDestinationType][] = [
  ['88213', 'SATELLITE'],
  ['88216', 'SATELLITE'],
  ['800', 'UNIVERSAL_TOLL_FREE'],
  ['808', 'SHARED_COST'],
  // Inmarsat.
  ['870', 'SATELLITE'],
  // Universal personal telecommunication.
  ['878', 'PERSONAL_NUMBER'],
  // The global mobile satellite systems: Iridium, Globalstar.
  ['881', 'SATELLITE'],
  ['882', 'INTERNATIONAL_NETWORK'],
  ['883', 'INTERNATIONAL_NETWORK'],
  // Set aside for the network of disaster relief.
  ['888', 'INTERNATIONAL_NETWORK'],
  ['979', 'PREMIUM_RATE'],
];

/**
 * Satellite telephones with numbers of a country, which the metadata counts among its mobile or internet phones.
 * Canada's 600 is shared by satellite and remote services whose callers pay for the airtime. State of December 2026.
 */
const nationalSatelliteRanges: Record<string, RegExp> = {
  // Canada: 600.
  '1': /^600/,
  // Russia: Globalstar.
  '7': /^954/,
  // Australia: Pivotel.
  '61': /^147/,
  // Indonesia: PSN.
  '62': /^868/,
  // China: Globalstar and Tiantong.
  '86': /^(?:1349|1740)/,
};

/**
 * The type of a number of no country.
 *
 * @param digits the international number without its plus sign
 * @returns null for a code that stands for no service known here: a number of it is none that can be called
 */
export function typeOfInternationalService(digits: string): RestrictedDestinationType | null {
  return internationalServices.find(([prefix]) => digits.startsWith(prefix))?.[1] ?? null;
}

/** True for a number of a country that reaches a satellite telephone. */
export function isNationalSatellite(callingCode: string, nationalNumber: string): boolean {
  return nationalSatelliteRanges[callingCode]?.test(nationalNumber) ?? false;
}
