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
    ['+1202555٠١٢٣', undefined, '+12025550123', 'US'],
    ['+49 30/12345678', undefined, '+493012345678', 'DE'],
    ['030/12345678', 'DE', '+493012345678', 'DE'],
    ['415/555-0123', 'US', '+14155550123', 'US'],
    ['+1/415/555/0123', undefined, '+14155550123', 'US'],
    ['tel:+493012345678;npdi', undefined, '+493012345678', 'DE'],
    ['tel:+1-202-533-1234;npdi;rn=+1-202-544-0000', undefined, '+12025331234', 'US'],
    ['tel:202-555-0123;phone-context=+1', undefined, '+12025550123', 'US'],
    ['+442079460958', 'UK', '+442079460958', 'GB'],
    ['+442079460958', 'GBR', '+442079460958', 'GB'],
    ['+302112345678', 'EL', '+302112345678', 'GR'],
    ['+12025550123', 'USA', '+12025550123', 'US'],
    ['+16212345678', undefined, '+16212345678', 'US'],
    ['(924) 234-5678', 'US', '+19242345678', 'US'],
    ['1 679 234 5678', 'CA', '+16792345678', 'US'],
    ['729 234 5678', 'US', '+17292345678', 'US'],
  ])('reads %s with country %s', (text, country, e164, countryCode) => {
    expect(parsePhoneNumber(text, country)).toMatchObject({ ok: true, e164, countryCode });
  });

  it.each([
    ['(416) 555-0123', 'US', '+14165550123', 'CA'],
    ['07911 123456', 'GB', '+447911123456', 'GG'],
    ['07797 712345', 'GB', '+447797712345', 'JE'],
    ['018 345678', 'FI', '+35818345678', 'AX'],
    ['06 698 12345', 'IT', '+390669812345', 'VA'],
    ['8 771 000 9998', 'RU', '+77710009998', 'KZ'],
    ['79 12 34 56', 'NO', '+4779123456', 'SJ'],
    ['011 44 20 7946 0958', 'US', '+442079460958', 'GB'],
    ['1 800 555 0123', 'CA', '+18005550123', 'CA'],
  ])('reads %s as it is dialed in %s, a number of its own country', (text, country, e164, own) => {
    expect(parsePhoneNumber(text, country)).toMatchObject({ ok: true, e164, countryCode: own });
  });

  it.each([
    ['+44 (0)20 7946 0958', '+442079460958', true],
    ['(+44) (0) 20 7946 0958', '+442079460958', true],
    ['+49(0)301234567', '+49301234567', true],
    ['+7 (8) 495 123-45-67', '+74951234567', true],
    ['+39 (0)6 698 12345', '+390669812345', false],
    ['+1 (415) 555-0123', '+14155550123', false],
  ])('leaves out a trunk prefix in parentheses alone: %s', (text, e164, withoutTrunkPrefix) => {
    expect(parsePhoneNumber(text)).toMatchObject({ ok: true, e164, withoutTrunkPrefix });
  });

  it.each([
    ['442079460958', null, '+442079460958'],
    ['442079460958', 'GB', '+442079460958'],
    ['49 30 12345678', null, '+493012345678'],
    ['4144 668 18 00', 'CH', '+41446681800'],
    ['+493012345678', null, '+493012345678'],
  ])('reads %s with country %s as E.164 without its plus, when told so', (text, country, e164) => {
    expect(parsePhoneNumber(text, country, { isE164WithoutPlus: true })).toMatchObject({ e164 });
  });

  it.each([
    ['02079460958', 'GB', 'invalid'],
    ['00442079460958', null, 'invalid'],
    ['2025550123', 'US', 'invalid'],
    ['442079460958', 'US', 'country_mismatch'],
  ])('takes %s of %s for no national number then', (text, country, reason) => {
    expect(parsePhoneNumber(text, country, { isE164WithoutPlus: true })).toMatchObject({ ok: false, reason });
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
    ['+12025550123', 'ZZ', 'country_unknown', /two capital letters/],
    ['+12025550123', '__proto__', 'country_unknown', /two capital letters/],
    ['+12025550123', 'us', 'country_unknown', /two capital letters/],
    ['', undefined, 'missing', /missing/],
    ['   ', 'US', 'missing', /missing/],
    ['12025550123', undefined, 'invalid', /Write \+12025550123/],
    ['2025550123', undefined, 'invalid', /no \+ and country code/],
    ['0044 20 7946 0958', undefined, 'invalid', /no \+/],
    ['+442079460958', 'XX', 'country_unknown', /two capital letters/],
    ['+49301234567.0', undefined, 'invalid', /decimal.*column as text/],
    ['+49301234567.00', undefined, 'invalid', /decimal/],
    ['+49301234567,0', 'DE', 'invalid', /decimal/],
    ['+49301234567.5', undefined, 'invalid', /decimal/],
    ['+49301234567.000', undefined, 'invalid', /decimal/],
    ['0301234567.0', 'DE', 'invalid', /decimal/],
    ['+49 30 1234567.0', undefined, 'invalid', /decimal/],
    ['+4.93E+11', undefined, 'invalid', /rounded.*column as text/],
    ['+49 30 1234567/68', undefined, 'invalid', /two phone numbers/],
    ['+49 30 1234567/1234568', undefined, 'invalid', /two phone numbers/],
    ['030 1234567/8', 'DE', 'invalid', /two phone numbers/],
    ['+112312312321', undefined, 'invalid', /write \+12312312321 if that is the number/],
    ['+117755555555', undefined, 'invalid', /write \+17755555555 if/],
    ['+4402079460958', 'GB', 'invalid', /write \+442079460958 if/],
    ['tel:+14155550123;ext=5', undefined, 'invalid', /extension/],
    ['tel:+14155550123;postd=5', undefined, 'invalid', /extension/],
    ['tel:+14155550123;isub=5', undefined, 'invalid', /subaddress/],
    ['tel:4155550123;phone-context=example.com', undefined, 'invalid', /phone-context/],
    ['tel:+14155550123;phone-context=+44', undefined, 'invalid', /phone-context/],
    ['tel:+14155550123;m-price=5', undefined, 'invalid', /parameter/],
    ['sip:+14155550123@example.com', undefined, 'invalid', /SIP address/],
    ['++14155550123', undefined, 'invalid', /more than one \+/],
    ['1.2025550123E+10', undefined, 'invalid', /spreadsheet/],
    ['1,20256E+10', undefined, 'invalid', /spreadsheet/],
    ['+1800FLOWERS', undefined, 'invalid', /letters/],
    ['+12025550123 ext 4', undefined, 'invalid', /extension/],
    ['+12025550123x4', undefined, 'invalid', /extension/],
    ['+12025550123#4', undefined, 'invalid', /extension/],
    ['+1202555012³', undefined, 'invalid', /characters/],
    ['+1202555\u00000123', undefined, 'invalid', /characters/],
    ['+12025550123/+12025550124', undefined, 'invalid', /two phone numbers/],
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
