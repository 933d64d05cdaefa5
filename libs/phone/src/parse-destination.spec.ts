import libraryParse, { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { destinationTypes, restrictedDestinationTypes } from '#contracts';
import { parseDestination } from './index.js';

/** What the library takes for mobile or internet telephones, and is not (special-ranges.ts). */
const NATIONAL_SATELLITE = /^\+(?:1600|7954|61147|62868|861349|861740)/;

/** Numbers that are the same in every run, so that a failure can be looked at. */
function pseudoRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

describe('parseDestination', () => {
  it.each([
    ['+14155550123', 'US', 'FIXED_LINE_OR_MOBILE'],
    ['+12025550123', 'US', 'FIXED_LINE_OR_MOBILE'],
    ['+14165550123', 'CA', 'FIXED_LINE_OR_MOBILE'],
    ['+18095550123', 'DO', 'FIXED_LINE_OR_MOBILE'],
    ['+18765230123', 'JM', 'FIXED_LINE_OR_MOBILE'],
    ['+17875550123', 'PR', 'FIXED_LINE_OR_MOBILE'],
    ['+12423456789', 'BS', 'FIXED_LINE'],
    ['+12423591234', 'BS', 'MOBILE'],
    ['+12464123456', 'BB', 'FIXED_LINE'],
    ['+13406421234', 'VI', 'FIXED_LINE_OR_MOBILE'],
    ['+16713001234', 'GU', 'FIXED_LINE_OR_MOBILE'],
    ['+16846221234', 'AS', 'FIXED_LINE'],
    ['+18682211234', 'TT', 'FIXED_LINE'],
    ['+18005550123', 'US', 'TOLL_FREE'],
    ['+19002345678', 'US', 'PREMIUM_RATE'],
    ['+442079460958', 'GB', 'FIXED_LINE'],
    ['+447400123456', 'GB', 'MOBILE'],
    ['+447911123456', 'GG', 'MOBILE'],
    ['+441481256789', 'GG', 'FIXED_LINE'],
    ['+447797712345', 'JE', 'MOBILE'],
    ['+447624123456', 'IM', 'MOBILE'],
    ['+448431234567', 'GB', 'PREMIUM_RATE'],
    ['+491801234567', 'DE', 'SHARED_COST'],
    ['+449098790000', 'GB', 'PREMIUM_RATE'],
    ['+443061234567', 'GB', 'UAN'],
    ['+447012345678', 'GB', 'PERSONAL_NUMBER'],
    ['+448001234567', 'GB', 'TOLL_FREE'],
    ['+79123456789', 'RU', 'MOBILE'],
    ['+77710009998', 'KZ', 'MOBILE'],
    ['+358412345678', 'FI', 'MOBILE'],
    ['+35818345678', 'AX', 'FIXED_LINE'],
    ['+4740612345', 'NO', 'MOBILE'],
    ['+4779123456', 'SJ', 'FIXED_LINE'],
    ['+390212345678', 'IT', 'FIXED_LINE'],
    ['+390669812345', 'VA', 'FIXED_LINE'],
    ['+61412345678', 'AU', 'MOBILE'],
    ['+61891641234', 'CX', 'FIXED_LINE'],
    ['+61891621234', 'CC', 'FIXED_LINE'],
    ['+49301234567', 'DE', 'FIXED_LINE'],
    ['+4915123456789', 'DE', 'MOBILE'],
    ['+499001234567', 'DE', 'PREMIUM_RATE'],
    ['+6834002', 'NU', 'FIXED_LINE'],
  ])('reads %s as a number of %s, %s', (e164, countryCode, type) => {
    expect(parseDestination(e164)).toEqual({ e164, countryCode, type, refusal: null });
  });

  it.each([
    ['+1 (415) 555-0123', '+14155550123'],
    ['+1.415.555.0123', '+14155550123'],
    [' +44 20 7946 0958 ', '+442079460958'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['(+49) 30 1234567', '+49301234567'],
    ['+1‑415–555—0123', '+14155550123'],
    ['\u202a+1 415 555 0123\u202c', '+14155550123'],
    ['＋１４１５５５５０１２３', '+14155550123'],
  ])('tolerates how people write %s', (text, e164) => {
    expect(parseDestination(text)).toMatchObject({ e164, refusal: null });
  });

  it.each([
    ['nothing', ''],
    ['a plus alone', '+'],
    ['no plus', '14155550123'],
    ['the dialing prefix 00', '0014155550123'],
    ['the dialing prefix 011', '01114155550123'],
    ['a national number', '(415) 555-0123'],
    ['two pluses', '++14155550123'],
    ['a plus at the end', '14155550123+'],
    ['an area code that does not exist', '+11115550123'],
    ['a number that is too short', '+1415555'],
    ['a number that is too long', '+141555501234'],
    ['a calling code that does not exist', '+9991234567'],
    ['a calling code with a leading zero', '+04155550123'],
    ['letters', '+1415555CALL'],
    ['an extension', '+14155550123 ext. 5'],
    ['an extension after #', '+14155550123#5'],
    ['a tel: address', 'tel:+14155550123'],
    ['a SIP address', 'sip:+14155550123@example.com'],
    ['a service code', '*#06#'],
    ['a line feed', '+1415555\n0123'],
    ['NUL', '+1415555\u00000123'],
    ['more than 15 digits', '+4968855369686204'],
    ['a very long text', '+1'.padEnd(100_000, '5')],
    ['very many spaces', '+1'.padEnd(100_000, ' ')],
    ['half of a surrogate pair', '+1415555012\ud800'],
  ])('refuses %s', (_, text) => {
    expect(parseDestination(text)).toEqual({
      e164: null,
      countryCode: null,
      type: 'UNKNOWN',
      refusal: 'destination_invalid',
    });
  });

  it.each(['911', '112', '999', '000', '110', '119', '9-1-1', '9 1 1', '１１２', '988', '411', '611', '70070'])(
    'knows %s as an emergency or short number',
    (text) => {
      expect(parseDestination(text)).toMatchObject({ e164: null, refusal: 'destination_emergency' });
    },
  );

  it.each(['+1911', '+1 911', '+44999', '+44112', '+49110', '+49112', '+61000', '+33112', '+972100', '+86110'])(
    'knows %s as an emergency number behind a calling code',
    (text) => {
      expect(parseDestination(text)).toMatchObject({ e164: null, refusal: 'destination_emergency' });
    },
  );

  it('agrees with the library on countries and types, number by number', () => {
    const random = pseudoRandom(1);
    for (const country of getCountries()) {
      const example = getExampleNumber(country, examples)!.number;
      for (let i = 0; i < 40; i += 1) {
        const kept = 2 + random(example.length - 1);
        const rest = Array.from({ length: example.length - kept }, () => random(10)).join('');
        const e164 = example.slice(0, kept) + rest;
        const parsed = libraryParse(e164);
        const { refusal, ...resolved } = parseDestination(e164);
        // What belongs to no country has the type of its ITU-T code, which the library does not tell.
        const planned = parsed?.country ? parsed.getType() : resolved.type;
        const type = NATIONAL_SATELLITE.test(e164) ? 'SATELLITE' : planned;
        const expected = parsed?.isValid() ? `${parsed.number} ${parsed.country ?? null} ${type}` : 'invalid';
        const actual = refusal ? 'invalid' : `${resolved.e164} ${resolved.countryCode} ${resolved.type}`;
        expect(`${e164}: ${actual}`).toBe(`${e164}: ${expected}`);
      }
    }
  });

  it('never throws and always answers within its type, whatever the text', () => {
    const random = pseudoRandom(2);
    const alphabet = [...'+0123456789 -.()#*abxe\0\n٣１＋é', '\ud800', '\u202e', '00', '911', '+1', '+44', '+800'];
    for (let i = 0; i < 20_000; i += 1) {
      const text = Array.from({ length: random(20) }, () => alphabet[random(alphabet.length)]).join('');
      const { e164, countryCode, type, refusal } = parseDestination(text);
      expect(destinationTypes).toContain(type);
      if (refusal === null) {
        expect(e164).toMatch(/^\+[1-9][0-9]{5,14}$/);
        if (countryCode === null) expect(restrictedDestinationTypes).toContain(type);
        expect(parseDestination(e164!)).toEqual({ e164, countryCode, type, refusal });
      } else {
        expect([e164, countryCode]).toEqual([null, null]);
      }
    }
  });
});
