import libraryParse, { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { destinationTypes, restrictedDestinationTypes } from '#contracts';
import { addedAreaCodes, digitsAsked, parseDestination } from './index.js';
import { pseudoRandom } from './pseudo-random.js';

/** What the library takes for mobile or internet telephones, and is not (special-ranges.ts). */
const NATIONAL_SATELLITE = /^\+(?:1600|7954|61147|62868|861349|861740)/;

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
    ['(+49) 30 1234567', '+49301234567'],
    ['+1‑415–555—0123', '+14155550123'],
    ['\u202a+1 415 555 0123\u202c', '+14155550123'],
    ['＋１４１５５５５０１２３', '+14155550123'],
    ['+1٤١٥٥٥٥٠١٢٣', '+14155550123'],
    ['+۴۹۳۰۱۲۳۴۵۶۷', '+49301234567'],
    ['+४९३०१२३४५६७', '+49301234567'],
    ['+49 30/1234567', '+49301234567'],
    ['+39 (0)6 698 12345', '+390669812345'],
    ['+33 1 23 45 67.00', '+33123456700'],
    ['+1.415.555.0100', '+14155550100'],
    ['+1415555.0100', '+14155550100'],
    ['\ufffc+1 415\ufe0f 555 0123', '+14155550123'],
    ['tel:+14155550123', '+14155550123'],
    ['TEL:+1-415-555-0123;npdi', '+14155550123'],
    ['tel:+14155550123;tgrp=main;trunk-context=example.com', '+14155550123'],
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
    ['a tel: address without a plus', 'tel:4155550123'],
    ['a tel: address whose country code stands in its context', 'tel:4155550123;phone-context=+1'],
    ['a tel: address that is routed elsewhere', 'tel:+14155550123;npdi;rn=+19005550123'],
    ['a tel: address with an extension', 'tel:+14155550123;ext=5'],
    ['a tel: address with a subaddress', 'tel:+14155550123;isub=5'],
    ['a tel: address with a parameter that must be understood', 'tel:+14155550123;m-secret=5'],
    ['a national prefix behind the country code', '+112312312321'],
    ['another one', '+117755555555'],
    ['one of the United Kingdom', '+4402079460958'],
    ['one of Germany', '+490301234567'],
    ['two of Germany', '+4900301234567'],
    ['one of Russia', '+788001234567'],
    ['a country code that stands there twice', '+494930123456789'],
    ['a zero that is dialed at home only', '+44 (0)20 7946 0958'],
    ['the dialing prefix 00 behind a plus', '+0014155550123'],
    ['the dialing prefix 011 behind a plus', '+01114155550123'],
    ['the dialing prefix 011 behind +1', '+1011442079460958'],
    ['a decimal', '+49301234567.0'],
    ['a decimal with two zeros', '+49301234567.00'],
    ['a decimal with a comma', '+49301234567,0'],
    ['a decimal that is none', '+49301234567.5'],
    ['a decimal behind groups', '+49 30 1234567.0'],
    ['scientific notation', '+4.9301234567E+10'],
    ['two numbers', '+49 30 1234567/68'],
    ['two whole numbers', '+14155550123/+14155550124'],
    ['a footnote', '+1415555012³'],
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
        if (addedAreaCodes.some(({ areaCode }) => e164.startsWith(`+1${areaCode}`))) continue;
        const { refusal, ...resolved } = parseDestination(e164);
        // What belongs to no country has the type of its ITU-T code, which the library does not tell.
        const planned = parsed?.country ? parsed.getType() : resolved.type;
        const type = NATIONAL_SATELLITE.test(e164) ? 'SATELLITE' : planned;
        // The library mends numbers, by leaving a national prefix out: what it mended is none that was asked for.
        const expected =
          parsed?.isValid() && parsed.number === e164
            ? `${parsed.number} ${parsed.country ?? null} ${type}`
            : 'invalid';
        const actual = refusal ? 'invalid' : `${resolved.e164} ${resolved.countryCode} ${resolved.type}`;
        expect(`${e164}: ${actual}`).toBe(`${e164}: ${expected}`);
      }
    }
  });

  it('answers the digits that were asked, every one and no other, or refuses', () => {
    const random = pseudoRandom(4);
    const between = ['', '', '', '', ' ', '-', '.', '(', ')', '/', '\u200b', ','];
    const before = ['', '+', '+', '+', '+', '+', '+', '00', '011', 'tel:+', '+1', '+0'];
    const after = ['', '', '', '', '.0', '.00', '.5', ',0', '/68', ' x5', ';ext=5', ';npdi', 'E+10'];
    let taken = 0;
    const numbers = getCountries().map((country) => getExampleNumber(country, examples)!);
    for (let i = 0; i < 20_000; i += 1) {
      const number = numbers[random(numbers.length)]!;
      const given = random(3) === 0 ? `${number.countryCallingCode}${number.nationalNumber}` : number.nationalNumber;
      const separator = () => (random(4) === 0 ? between[random(between.length)]! : '');
      const digits = [...given].map((digit) => digit + separator()).join('');
      const prefix = `${before[random(before.length)]!}${random(3) === 0 ? '' : number.countryCallingCode}${['', '', '0', '(0)', '1', '8'][random(6)]!}`;
      const text = prefix + digits + after[random(after.length)]!;
      const { e164, refusal } = parseDestination(text);
      if (refusal !== null) continue;
      taken += 1;
      expect([text, e164]).toEqual([text, `+${text.replace(/\D/g, '')}`]);
      expect(digitsAsked(text)).toBe(e164);
    }
    expect(taken).toBeGreaterThan(500);
  });

  it.each(['+16212345678', '+19242345678', '+16792345678', '+17292345678'])(
    'knows the area code of %s, which is in service',
    (e164) => {
      expect(parseDestination(e164)).toEqual({ e164, countryCode: 'US', type: 'FIXED_LINE_OR_MOBILE', refusal: null });
      expect(parseDestination(`+1${e164.slice(1)}`).refusal).toBe('destination_invalid');
      expect(parseDestination(e164.slice(0, 5) + '1' + e164.slice(6)).refusal).toBe('destination_invalid');
    },
  );

  it.each([
    ['+1 (123) 123-12321', '+112312312321'],
    ['9-1-1', '911'],
    ['+44 (0)20 7946 0958', '+4402079460958'],
    ['٩١١', '911'],
    ['+49301234567.0', null],
    ['tel:4155550123;phone-context=+1', null],
    ['sip:+14155550123@example.com', null],
    ['', null],
  ])('keeps the digits of what was asked: %j', (text, digits) => {
    expect(digitsAsked(text)).toBe(digits);
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
