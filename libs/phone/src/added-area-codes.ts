/** One area code of +1 that the metadata does not have yet. */
export interface AddedAreaCode {
  areaCode: string;
  countryCode: string;
  /** The area codes that it was laid over, and where that is. */
  overlays: string;
  /** The day on which the administrator put it into service. */
  inServiceSince: string;
}

/**
 * Area codes of the North American Numbering Plan that are in service and that the library's metadata lacks. State of
 * 2026-11-29, by the planning letters of the administrator (nanpa.com) and the notices of utility commissions and carriers
 * that go back to them. The metadata is asked first, so an entry that it has by now does nothing; a unit test then says to
 * delete it.
 */
export const addedAreaCodes: readonly AddedAreaCode[] = [
  { areaCode: '861', countryCode: 'US', overlays: '309, western Illinois', inServiceSince: '2023-02-24' },
  { areaCode: '624', countryCode: 'US', overlays: '716, western New York', inServiceSince: '2023-11-16' },
  { areaCode: '436', countryCode: 'US', overlays: '440, northeastern Ohio', inServiceSince: '2024-03-01' },
  { areaCode: '924', countryCode: 'US', overlays: '507, southern Minnesota', inServiceSince: '2024-08-30' },
  { areaCode: '621', countryCode: 'US', overlays: '281, 346, 713, 832, Houston', inServiceSince: '2025-01-23' },
  { areaCode: '837', countryCode: 'US', overlays: '530, northern California', inServiceSince: '2025-01-31' },
  { areaCode: '729', countryCode: 'US', overlays: '423, eastern Tennessee', inServiceSince: '2025-03-05' },
  { areaCode: '457', countryCode: 'US', overlays: '318, northern Louisiana', inServiceSince: '2025-09-25' },
  { areaCode: '679', countryCode: 'US', overlays: '313, Detroit', inServiceSince: '2025-11-07' },
  { areaCode: '471', countryCode: 'US', overlays: '662, northern Mississippi', inServiceSince: '2026-01-30' },
];

const countries = new Map(addedAreaCodes.map(({ areaCode, countryCode }) => [areaCode, countryCode]));

/** The country of a number of +1 by these area codes; null for all others. */
export function countryOfAddedAreaCode(nationalNumber: string): string | null {
  if (!/^[2-9][0-9]{2}[2-9][0-9]{6}$/.test(nationalNumber)) return null;
  return countries.get(nationalNumber.slice(0, 3)) ?? null;
}
