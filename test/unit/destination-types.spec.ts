import metadata from 'libphonenumber-js/max/metadata';
import {
  destinationTypes,
  type DestinationType,
  ordinaryDestinationTypes,
  restrictedDestinationTypes,
} from '#contracts';
import { parseDestination, parsePhoneNumber } from '#phone';
import { absentInternationalNumbers, destinationVectors } from '../support/destination-vectors.js';

const vectors = Object.entries(destinationVectors).flatMap(([type, numbers]) =>
  numbers.map(([e164, country]) => [e164, country, type as DestinationType] as const),
);

describe('destination types', () => {
  it.each(vectors)('reads %s as a number of %s, %s', (e164, countryCode, type) => {
    expect(parseDestination(e164)).toEqual({ e164, countryCode, type, refusal: null });
  });

  it.each(vectors)('manages %s under the same type (%s, %s)', (e164, countryCode, numberType) => {
    expect(parsePhoneNumber(e164)).toMatchObject({ ok: true, e164, countryCode, numberType });
    if (countryCode) expect(parsePhoneNumber(e164, countryCode)).toMatchObject({ countryCode, numberType });
  });

  it('are shown by at least three numbers each, from several countries or by several codes', () => {
    for (const [type, numbers] of Object.entries(destinationVectors)) {
      expect([type, numbers.length >= 3]).toEqual([type, true]);
      expect([type, new Set(numbers.map(([e164]) => e164.slice(0, 6))).size >= 3]).toEqual([type, true]);
    }
  });

  it('are ordinary or restricted, each one once, and UNKNOWN is neither', () => {
    const listed = [...ordinaryDestinationTypes, ...restrictedDestinationTypes, 'UNKNOWN'].sort();
    expect([...destinationTypes].sort()).toEqual(listed);
    expect(new Set(listed).size).toBe(listed.length);
    expect([...Object.keys(destinationVectors), 'UNKNOWN'].sort()).toEqual(listed);
  });

  it('are restricted for every number of no country, whatever code the metadata has', () => {
    for (const [code, plan] of Object.entries(metadata.nonGeographic)) {
      const example = vectors.find(([e164]) => e164.startsWith(`+${code}`));
      expect([code, plan !== undefined, example?.[1]]).toEqual([code, true, null]);
      expect(restrictedDestinationTypes).toContain(example![2]);
    }
  });

  it.each(absentInternationalNumbers)('have none for %s, which is in no numbering plan', (e164) => {
    expect(parseDestination(e164)).toMatchObject({ e164: null, type: 'UNKNOWN', refusal: 'destination_invalid' });
  });
});
