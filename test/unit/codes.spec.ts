import metadata from 'libphonenumber-js/max/metadata';
import { countryPresets, currencyAdvice, currencyCodes, isCurrencyCode } from '#contracts';
import { countryCodeOf, countryCodeOfName, isCountryCode } from '#phone';

describe('country codes', () => {
  it.each([
    ['US', 'US'],
    ['UK', 'GB'],
    ['EL', 'GR'],
    ['USA', 'US'],
    ['GBR', 'GB'],
    ['DEU', 'DE'],
    ['ALA', 'AX'],
    ['VAT', 'VA'],
  ])('know %s as %s', (text, code) => {
    expect(countryCodeOf(text)).toBe(code);
  });

  it.each(['', 'ZZ', 'EU', 'GER', 'ENG', 'us', 'toString', '__proto__', 'USAX'])('do not know %j', (text) => {
    expect(countryCodeOf(text)).toBeNull();
  });

  it('have three letters for each country with phone numbers, every one once', () => {
    const names = new Intl.DisplayNames(['en'], { type: 'region' });
    for (const country of Object.keys(metadata.countries)) {
      expect([country, countryCodeOfName(names.of(country)!)]).toEqual([country, country]);
    }
  });

  it.each([
    ['Germany', 'DE'],
    [' united states ', 'US'],
    ['United States of America', 'US'],
    ['Great Britain', 'GB'],
    ['South Korea', 'KR'],
  ])('are found by the name %j', (name, code) => {
    expect(countryCodeOfName(name)).toBe(code);
  });

  it.each(['England', 'America', 'Korea', 'Congo', 'Ireland (all)', ''])('are not guessed from %j', (name) => {
    expect(countryCodeOfName(name)).toBeNull();
  });
});

describe('country presets', () => {
  const of = (id: string) => countryPresets.find((preset) => preset.id === id)!.countries;

  it('count Åland, Vatican City and Svalbard to the country whose numbering plan they share', () => {
    expect(of('finland')).toEqual(['FI', 'AX']);
    expect(of('italy')).toEqual(['IT', 'VA']);
    expect(of('norway')).toEqual(['NO', 'SJ']);
  });

  it('count Åland to the European Union, and Vatican City not', () => {
    expect(of('european_union')).toContain('AX');
    expect(of('european_union')).not.toContain('VA');
  });

  it('leave out no country of a shared numbering plan, but in +1 and +7, which belong to several', () => {
    for (const [callingCode, countries] of Object.entries(metadata.country_calling_codes)) {
      if (countries.length < 2 || callingCode === '1' || callingCode === '7') continue;
      const preset = countryPresets.find((one) => (one.countries as readonly string[])[0] === countries[0]);
      expect([callingCode, [...(preset?.countries ?? [])].sort()]).toEqual([callingCode, [...countries].sort()]);
    }
  });

  it('name countries with phone numbers only, each preset once', () => {
    for (const { countries } of countryPresets) expect(countries.every(isCountryCode)).toBe(true);
    expect(new Set(countryPresets.map(({ id }) => id)).size).toBe(countryPresets.length);
  });
});

describe('currencies', () => {
  /** Not for payment, or withdrawn, whatever a runtime still lists. */
  const LEFT_OUT = [
    'ANG',
    'BGN',
    'CUC',
    'HRK',
    'SLL',
    'XDR',
    'XSU',
    'ZWL',
    'MRO',
    'STD',
    'VEF',
    'BYR',
    'XUA',
    'ZMK',
    'LTL',
  ];
  /** Too new for the oldest runtime. */
  const NEW = ['XCG', 'ZWG', 'SLE', 'VED'];

  it('are those of the runtime, but for the withdrawn and the newest', () => {
    const known = Intl.supportedValuesOf('currency');
    expect(currencyCodes.filter((code) => !known.includes(code) && !NEW.includes(code))).toEqual([]);
    const others = known.filter((code) => !isCurrencyCode(code) && !LEFT_OUT.includes(code));
    expect(others).toEqual([]);
  });

  it.each(['USD', 'EUR', 'XCG', 'ZWG'])('have %s', (code) => expect(isCurrencyCode(code)).toBe(true));

  it.each(['ABC', 'usd', '', 'DEM', 'HRK', 'BGN', 'XXX', 'XTS', 'XAU', 'toString'])('do not have %j', (code) => {
    expect(isCurrencyCode(code)).toBe(false);
  });

  it('say what came after a withdrawn one', () => {
    expect(currencyAdvice('BGN')).toMatch(/BGN was withdrawn, write EUR/);
    expect(currencyAdvice('ABC')).toBe('must be an ISO 4217 code, such as USD');
    expect(currencyAdvice('toString')).toBe('must be an ISO 4217 code, such as USD');
    expect(currencyAdvice(5)).toBe('must be an ISO 4217 code, such as USD');
  });
});
