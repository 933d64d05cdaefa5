import { isCountryCode, parsePhoneNumber } from './index.js';

describe('parsePhoneNumber', () => {
  it.each([
    ['+12025550123', undefined, '+12025550123', 'US'],
    ['+1 (202) 555-0123', undefined, '+12025550123', 'US'],
    ['+1.202.555.0123', 'US', '+12025550123', 'US'],
    ['\t+44 (0)20 7946 0958 ', undefined, '+442079460958', 'GB'],
    ['＋４４２０７９４６０９５８', undefined, '+442079460958', 'GB'],
    ['020 7946 0958', 'GB', '+442079460958', 'GB'],
    ['(202) 555-0123', 'US', '+12025550123', 'US'],
    ['1 202 555 0123', 'US', '+12025550123', 'US'],
    ['+447911123456', undefined, '+447911123456', 'GG'],
    ['+80012345678', undefined, '+80012345678', null],
  ])('reads %s with country %s', (text, country, e164, countryCode) => {
    expect(parsePhoneNumber(text, country)).toMatchObject({ ok: true, e164, countryCode });
  });

  it('takes the given country where a number belongs to several', () => {
    expect(parsePhoneNumber('+18005550123')).toMatchObject({ countryCode: 'US', numberType: 'TOLL_FREE' });
    expect(parsePhoneNumber('+18005550123', 'CA')).toMatchObject({ countryCode: 'CA', numberType: 'TOLL_FREE' });
  });

  it.each([
    ['+14165550123', 'US', 'country_mismatch', /belongs to CA, not to US\. Write CA/],
    ['+447911123456', 'GB', 'country_mismatch', /belongs to GG/],
    ['+442079460958', 'US', 'country_mismatch', /belongs to GB/],
    ['+80012345678', 'US', 'country_mismatch', /belongs to no country/],
    ['+442079460958', 'UK', 'country_unknown', /GB/],
    ['+12025550123', 'ZZ', 'country_unknown', /two capital letters/],
    ['+12025550123', '__proto__', 'country_unknown', /two capital letters/],
    ['+12025550123', 'us', 'country_unknown', /two capital letters/],
    ['', undefined, 'missing', /missing/],
    ['   ', 'US', 'missing', /missing/],
    ['12025550123', undefined, 'invalid', /Write \+12025550123/],
    ['2025550123', undefined, 'invalid', /no \+ and country code/],
    ['0044 20 7946 0958', undefined, 'invalid', /no \+/],
    ['1.2025550123E+10', undefined, 'invalid', /spreadsheet/],
    ['1,20256E+10', undefined, 'invalid', /spreadsheet/],
    ['+1800FLOWERS', undefined, 'invalid', /letters/],
    ['+12025550123 ext 4', undefined, 'invalid', /extension/],
    ['+12025550123x4', undefined, 'invalid', /extension/],
    ['+12025550123#4', undefined, 'invalid', /extension/],
    ['+1202555٠١٢٣', undefined, 'invalid', /characters/],
    ['+1202555\u00000123', undefined, 'invalid', /characters/],
    ['+12025550123/+12025550124', undefined, 'invalid', /characters/],
    ['=+12025550123', undefined, 'invalid', /characters/],
    ['+1202555012', undefined, 'invalid', /no such phone number/],
    ['+120255501234', undefined, 'invalid', /no such phone number/],
    ['+11115550123', undefined, 'invalid', /no such phone number/],
    ['+911', undefined, 'invalid', /no such phone number/],
    ['911', 'US', 'invalid', /no phone number of US/],
    ['+', undefined, 'invalid', /characters/],
    ['+1'.padEnd(65, '0'), undefined, 'invalid', /too long/],
  ])('refuses %j with country %s: %s', (text, country, reason, message) => {
    const parsed = parsePhoneNumber(text, country);
    expect(parsed).toMatchObject({ ok: false, reason });
    expect(parsed).toMatchObject({ message: expect.stringMatching(message) });
  });
});

describe('isCountryCode', () => {
  it.each(['US', 'GB', 'GG', 'AX'])('knows %s', (code) => expect(isCountryCode(code)).toBe(true));
  it.each(['UK', 'us', '', 'ZZ', 'toString'])('does not know %j', (code) => expect(isCountryCode(code)).toBe(false));
});
