import type { ImportErrorCode, ImportNoticeCode, UploadColumn } from '#contracts';
import { checkUploadRow } from '../../../apps/api/src/modules/imports/read/check-upload-row.js';
import type { UploadRow } from '../../../apps/api/src/modules/imports/read/upload-row.js';

type Values = UploadRow['values'];

const GOOD: Values = { phoneNumber: '+12025550123', provider: 'telnyx', countryCode: 'US' };

const row = (values: Values = {}, facts: Partial<UploadRow> = {}): UploadRow => ({
  line: 7,
  values: { ...GOOD, ...values },
  tooLong: false,
  fault: null,
  cells: [],
  ...facts,
});

function taken(values: Values, fallbackCountry: string | null = null) {
  const checked = checkUploadRow(row(values), { country: fallbackCountry, provider: null, numberFormat: 'any' });
  if (!checked.ok) throw new Error(`refused: ${checked.error.message}`);
  return checked;
}

function refused(values: Values, facts: Partial<UploadRow> = {}, fallbackCountry: string | null = null) {
  const checked = checkUploadRow(row(values, facts), { country: fallbackCountry, provider: null, numberFormat: 'any' });
  if (checked.ok) throw new Error(`taken as ${checked.row.e164}`);
  return checked.error;
}

describe('a row of an upload', () => {
  it('needs a number and a provider, and says nothing by what it leaves out', () => {
    expect(taken({ countryCode: '' })).toEqual({
      ok: true,
      row: {
        line: 7,
        e164: '+12025550123',
        countryCode: 'US',
        numberType: 'FIXED_LINE_OR_MOBILE',
        provider: 'telnyx',
        label: null,
        region: null,
        client: null,
        monthlyCost: null,
        currency: null,
        voice: null,
        sms: null,
        tags: null,
        agent: null,
        dailyLimit: null,
        allowedCountries: null,
      },
      notices: [],
    });
  });

  it.each<[string, Values, object]>([
    ['the provider in any case', { provider: ' Telnyx ' }, { provider: 'telnyx' }],
    ['the country in any case', { countryCode: 'us' }, { countryCode: 'US' }],
    [
      'marks of writing direction',
      { provider: '\u200etelnyx\u200f', countryCode: '\u202aUS\u202c' },
      { provider: 'telnyx' },
    ],
    ['a label with an apostrophe before a formula', { label: "'=1+1" }, { label: '=1+1' }],
    ['a cost with a comma', { monthlyCost: '1,15', currency: 'usd' }, { monthlyCost: '1.15', currency: 'USD' }],
    ['capabilities', { capabilities: 'SMS + Voice' }, { voice: true, sms: true }],
    ['one capability, which takes the other away', { capabilities: 'sms' }, { voice: false, sms: true }],
    ['no capabilities', { capabilities: 'none' }, { voice: false, sms: false }],
    ['both capabilities', { capabilities: 'Both' }, { voice: true, sms: true }],
    ['capabilities with an ampersand', { capabilities: 'voice & SMS' }, { voice: true, sms: true }],
    ['a capability of two words', { capabilities: 'sms, local calling' }, { voice: false, sms: true }],
    [
      'capabilities of an object in words',
      { capabilities: '{"voice":"false","SMS":"True"}' },
      { voice: false, sms: true },
    ],
    ['capabilities of an object in digits', { capabilities: '{"voice":0,"sms":1}' }, { voice: false, sms: true }],
    ['columns of capabilities', { voice: 'no', sms: 'Yes' }, { voice: false, sms: true }],
    ['columns of capabilities, as words', { voice: 'TRUE', sms: 'false' }, { voice: true, sms: false }],
    ['columns of capabilities, as digits', { voice: '0', sms: '1' }, { voice: false, sms: true }],
    [
      'a column beside capabilities that say the same',
      { voice: 'yes', capabilities: 'voice' },
      { voice: true, sms: false },
    ],
    ['a column without voice beside capabilities', { voice: '', capabilities: 'sms' }, { voice: false, sms: true }],
    ['a status that is active', { status: 'In-Use' }, { voice: null }],
    ['no status', { status: '' }, { voice: null }],
    ['tags, each once', { tags: 'a; b;a|c' }, { tags: ['a', 'b', 'c'] }],
    ['a separator that belongs to a tag', { tags: 'a\\;b;c\\\\' }, { tags: ['a;b', 'c\\'] }],
    ['the least limit', { agent: 'Ada', dailyLimit: '0' }, { agent: 'Ada', dailyLimit: 0 }],
    ['the highest limit', { agent: 'Ada', dailyLimit: '1000000' }, { dailyLimit: 1_000_000 }],
    ['allowed countries', { agent: 'Ada', allowedCountries: 'us, ca US' }, { allowedCountries: ['US', 'CA'] }],
    ['no allowed countries', { agent: 'Ada', allowedCountries: 'None' }, { allowedCountries: [] }],
    ['the longest label', { label: 'x'.repeat(200) }, { label: 'x'.repeat(200) }],
    ['characters as people count them', { label: '😀'.repeat(200) }, { label: '😀'.repeat(200) }],
  ])('is read: %s', (_what, values, expected) => {
    expect(taken(values).row).toMatchObject(expected);
  });

  describe('is mended where that is certain, and says so', () => {
    it.each<[string, Values, [ImportNoticeCode, string][]]>([
      [
        'a plus that a spreadsheet took',
        { phoneNumber: '12025550123' },
        [['plus_added', 'the missing + was put back']],
      ],
      [
        'an apostrophe',
        { phoneNumber: "'+12025550123" },
        [['apostrophe_removed', 'the apostrophe in front was taken away']],
      ],
      [
        'both',
        { phoneNumber: "'12025550123" },
        [
          ['apostrophe_removed', 'the apostrophe in front was taken away'],
          ['plus_added', 'the missing + was put back'],
        ],
      ],
    ])('%s', (_what, values, repairs) => {
      const { row: read, notices } = taken(values);
      expect(read.e164).toBe('+12025550123');
      expect(notices).toEqual(
        repairs.map(([code, words]) => ({
          line: 7,
          column: 'phoneNumber',
          code,
          message: `Read as +12025550123: ${words}.`,
          value: values.phoneNumber,
        })),
      );
    });

    it('but a national number is no damage', () => {
      expect(taken({ phoneNumber: '(202) 555-0123' }).notices).toEqual([]);
      expect(taken({ phoneNumber: '(202) 555-0123', countryCode: '' }, 'US').row.e164).toBe('+12025550123');
    });
  });

  const LONG_TAGS = Array.from({ length: 21 }, (_, index) => `t${index}`).join(';');

  it.each<[string, Values, ImportErrorCode, UploadColumn]>([
    ['no number', { phoneNumber: '' }, 'number_missing', 'phoneNumber'],
    ['no such number', { phoneNumber: '+1202555' }, 'number_invalid', 'phoneNumber'],
    [
      'a national number without a country',
      { phoneNumber: '2025550123', countryCode: '' },
      'number_invalid',
      'phoneNumber',
    ],
    ['no such country', { countryCode: 'XX' }, 'country_unknown', 'countryCode'],
    ["another country than the number's", { countryCode: 'DE' }, 'country_mismatch', 'countryCode'],
    ['no provider', { provider: '' }, 'provider_unknown', 'provider'],
    ['no such provider', { provider: 'acme' }, 'provider_unknown', 'provider'],
    ['a long label', { label: 'x'.repeat(201) }, 'too_long', 'label'],
    ['a long region', { region: 'x'.repeat(101) }, 'too_long', 'region'],
    ['a long client', { client: 'x'.repeat(201) }, 'too_long', 'client'],
    ['a cost in words', { monthlyCost: 'one' }, 'cost_invalid', 'monthlyCost'],
    ['a cost of too many digits', { monthlyCost: '123456789' }, 'cost_invalid', 'monthlyCost'],
    ['a negative cost', { monthlyCost: '-1' }, 'cost_invalid', 'monthlyCost'],
    ['a currency of four letters', { currency: 'EURO' }, 'currency_invalid', 'currency'],
    ['an unknown capability', { capabilities: 'voise, sms' }, 'capability_unknown', 'capabilities'],
    ...[
      ...['no voice', 'not voice', 'non voice', 'voice no', 'voice off', 'voice 0', 'kein voice', 'without voice'],
      ...[
        'voice disabled',
        'Voice (disabled)',
        'sms, not voice',
        'voice: no',
        'voice=0',
        'novoice',
        'sms only',
        '-voice',
      ],
      ...[
        'none, voice',
        'both, no',
        'voice?',
        '!voice',
        'voice local',
        '{"voice":true,"voice_disabled":true}',
        '[]',
        ',',
      ],
      ...[
        '{"voice":true,"outbound":false}',
        '{"voice":false,"voice":true}',
        '{"voice":false,"Voice":true}',
        '{"voice":null}',
      ],
    ].map((capabilities): [string, Values, ImportErrorCode, UploadColumn] => [
      `capabilities with a word that may say no: ${capabilities}`,
      { capabilities },
      'capability_unknown',
      'capabilities',
    ]),
    ['a column of voice without yes or no', { voice: 'x' }, 'capability_unknown', 'voice'],
    ['a column of voice that is empty', { voice: '' }, 'capability_unknown', 'voice'],
    ['a column of SMS without yes or no', { sms: 'perhaps' }, 'capability_unknown', 'sms'],
    ['a column of voice against capabilities', { voice: 'no', capabilities: 'voice' }, 'capability_unknown', 'voice'],
    ['a column of SMS against capabilities', { sms: 'yes', capabilities: 'voice' }, 'capability_unknown', 'sms'],
    ...['inactive', 'purchase_pending', 'ported_out', 'port_failed', 'deleted', 'not active', 'x'].map(
      (status): [string, Values, ImportErrorCode, UploadColumn] => [
        `a status that is not active: ${status}`,
        { status },
        'number_not_active',
        'status',
      ],
    ),
    ['too many tags', { tags: LONG_TAGS }, 'too_long', 'tags'],
    ['a long tag', { tags: 'x'.repeat(51) }, 'too_long', 'tags'],
    ['a tag of two lines', { tags: 'a\nb' }, 'characters_invalid', 'tags'],
    ['a limit that is no whole number', { agent: 'Ada', dailyLimit: '1.5' }, 'daily_limit_invalid', 'dailyLimit'],
    ['a negative limit', { agent: 'Ada', dailyLimit: '-1' }, 'daily_limit_invalid', 'dailyLimit'],
    ['a limit that is too high', { agent: 'Ada', dailyLimit: '1000001' }, 'daily_limit_invalid', 'dailyLimit'],
    ['an unknown allowed country', { agent: 'Ada', allowedCountries: 'US XX' }, 'country_unknown', 'allowedCountries'],
    ['a limit without an agent', { dailyLimit: '5' }, 'agent_unknown', 'agent'],
    ['allowed countries without an agent', { allowedCountries: 'US' }, 'agent_unknown', 'agent'],
    ['a control character', { label: 'a\u0007b' }, 'characters_invalid', 'label'],
    ['half of a character', { label: 'a\ud83d' }, 'characters_invalid', 'label'],
    ['what could not be decoded', { region: 'a\ufffd' }, 'characters_invalid', 'region'],
    ['a quote inside the number', { phoneNumber: '+1202"5550123' }, 'quote_invalid', 'phoneNumber'],
    ['a quote inside the provider', { provider: 'tel"nyx' }, 'quote_invalid', 'provider'],
  ])('is refused, with the column and how to mend it: %s', (_what, values, code, column) => {
    expect(refused(values)).toMatchObject({ line: 7, code, column, message: expect.stringMatching(/\.$/) });
  });

  it.each<[string, Partial<UploadRow>, ImportErrorCode]>([
    ['a quote that is never closed', { fault: 'quote_open' }, 'quote_invalid'],
    ['a line that is too long', { fault: 'too_long' }, 'row_too_long'],
    ['more values than columns', { tooLong: true }, 'too_many_columns'],
  ])('is refused for its shape: %s', (_what, facts, code) => {
    expect(refused({}, facts)).toMatchObject({ line: 7, code, column: null });
  });

  it('names the country of a list that is none', () => {
    expect(refused({ agent: 'Ada', allowedCountries: 'US Atlantis, CA' }).message).toMatch(
      /^"ATLANTIS" is no ISO 3166-1/,
    );
  });

  it('tells the fault of its shape before those of its values, and of these the number first', () => {
    const wrong: Values = { phoneNumber: 'x', provider: 'acme', dailyLimit: 'x' };
    expect(refused(wrong, { fault: 'quote_open' }).code).toBe('quote_invalid');
    expect(refused(wrong, { tooLong: true }).code).toBe('too_many_columns');
    expect(refused(wrong).code).toBe('number_invalid');
    expect(refused({ ...wrong, phoneNumber: GOOD.phoneNumber! }).code).toBe('provider_unknown');
  });

  it('shows 200 characters of a refused value, and never half of one', () => {
    expect(refused({ provider: 'x'.repeat(300) }).value).toBe(`${'x'.repeat(200)}…`);
    expect(refused({ provider: `${'x'.repeat(199)}😀x` }).value).toBe(`${'x'.repeat(199)}…`);
    expect(refused({ provider: 'x'.repeat(200) }).value).toBe('x'.repeat(200));
  });

  it('shows a character that cannot be stored as one that can', () => {
    expect(refused({ label: 'a\u0000b\ud83d' }).value).toBe('a�b�');
  });

  it("takes the row's country before that of the upload", () => {
    expect(taken({ phoneNumber: '030 12345678', countryCode: 'DE' }, 'US').row.e164).toBe('+493012345678');
  });

  describe('reads its number digit for digit, and tells what it undid', () => {
    const alone = { countryCode: '' };

    it.each<[string, string, Values, string, ImportNoticeCode]>([
      ['+49301234567.0', '+49301234567', alone, 'DE', 'decimal_removed'],
      ['+49301234567.00', '+49301234567', alone, 'DE', 'decimal_removed'],
      ['+49301234567,0', '+49301234567', alone, 'DE', 'decimal_removed'],
      ['49301234567.0', '+49301234567', { countryCode: 'DE' }, 'DE', 'decimal_removed'],
      ['+1.2025550123E+10', '+12025550123', alone, 'US', 'notation_undone'],
      ['1,2025550123e10', '+12025550123', { countryCode: 'US' }, 'US', 'notation_undone'],
      ['="+493012345678"', '+493012345678', alone, 'DE', 'cell_undone'],
      ['=+493012345678', '+493012345678', alone, 'DE', 'cell_undone'],
      ['=+49 30 12345678', '+493012345678', alone, 'DE', 'cell_undone'],
      ['"+493012345678"', '+493012345678', alone, 'DE', 'cell_undone'],
      ['=493012345678', '+493012345678', { countryCode: 'DE' }, 'DE', 'cell_undone'],
      ['+44 (0)20 7946 0958', '+442079460958', alone, 'GB', 'trunk_prefix_removed'],
    ])('%s', (phoneNumber, e164, values, countryCode, code) => {
      const { row: read, notices } = taken({ phoneNumber, ...values });
      expect(read).toMatchObject({ e164, countryCode });
      expect(notices[0]).toMatchObject({ column: 'phoneNumber', code, value: phoneNumber });
      for (const { message } of notices) expect(message).toMatch(new RegExp(`^Read as \\${e164}: .*\\.$`));
    });

    it.each([
      ['+49\ufe0f30\ufffc12345678'],
      ['+49 30/12345678'],
      ['tel:+493012345678;npdi'],
      ['+٤٩٣٠١٢٣٤٥٦٧٨'],
      ['＋４９３０１２３４５６７８'],
    ])('%s, which is only another spelling', (phoneNumber) => {
      const { row: read, notices } = taken({ phoneNumber, countryCode: '' }, 'US');
      expect([read.e164, read.countryCode, notices]).toEqual(['+493012345678', 'DE', []]);
    });

    it.each([
      ['+4.93E+11', /rounded/],
      ['4.93012345E+11', /rounded/],
      ['+49301234567.5', /decimal/],
      ['+49301234567.000', /decimal/],
      ['+112312312321', /write \+12312312321 if/],
      ['+4402079460958', /write \+442079460958 if/],
      ['tel:+493012345678;ext=5', /extension/],
      ['=493012345678+1', /characters/],
      ['=SUM(A1)', /letters/],
      ['+49 30 1234567/68', /two phone numbers/],
    ])('but no other number for %s', (phoneNumber, message) => {
      expect(refused({ phoneNumber, countryCode: '' }, {}, 'DE')).toMatchObject({
        code: 'number_invalid',
        message: expect.stringMatching(message),
      });
    });

    it('and undoes a formula around provider and country as well', () => {
      expect(taken({ provider: '="telnyx"', countryCode: '="US"' })).toMatchObject({ ok: true, notices: [] });
    });
  });

  describe('has a country that says how its number is dialed', () => {
    it.each([
      ['(416) 555-0123', 'US', '+14165550123', 'CA'],
      ['07911 123456', 'GB', '+447911123456', 'GG'],
      ['07797 712345', 'GB', '+447797712345', 'JE'],
      ['018 345678', 'FI', '+35818345678', 'AX'],
      ['06 698 12345', 'IT', '+390669812345', 'VA'],
      ['8 771 000 9998', 'RU', '+77710009998', 'KZ'],
    ])('%s in %s', (phoneNumber, country, e164, countryCode) => {
      const ofUpload = taken({ phoneNumber, countryCode: '' }, country);
      expect([ofUpload.row.e164, ofUpload.row.countryCode, ofUpload.notices]).toEqual([e164, countryCode, []]);
      const ofRow = taken({ phoneNumber, countryCode: country });
      expect([ofRow.row.e164, ofRow.row.countryCode]).toEqual([e164, countryCode]);
      expect(ofRow.notices).toMatchObject([{ code: 'country_differs', column: 'countryCode', value: country }]);
    });

    it.each([
      ['UK', 'GB', '+442079460958'],
      ['EL', 'GR', '+302112345678'],
      ['USA', 'US', '+12025550123'],
      ['gbr', 'GB', '+442079460958'],
      ['Germany', 'DE', '+493012345678'],
    ])('also by another code or name: %s', (country, countryCode, phoneNumber) => {
      const { row: read, notices } = taken({ phoneNumber, countryCode: country });
      expect(read.countryCode).toBe(countryCode);
      const message = `${country} was read as ${countryCode}.`;
      expect(notices).toEqual([{ line: 7, column: 'countryCode', code: 'country_alias', value: country, message }]);
    });

    it('and allowed countries by other codes, each once', () => {
      const { row: read, notices } = taken({ agent: 'Ada', allowedCountries: 'UK, GB usa' });
      expect(read.allowedCountries).toEqual(['GB', 'US']);
      expect(notices).toMatchObject([
        { code: 'country_alias', column: 'allowedCountries', message: 'UK was read as GB.' },
        { code: 'country_alias', column: 'allowedCountries', message: 'USA was read as US.' },
      ]);
    });
  });

  describe('of a file whose numbers lost their plus', () => {
    const read = (values: Values) =>
      checkUploadRow(row({ countryCode: '', ...values }), {
        country: 'US',
        provider: null,
        numberFormat: 'e164_without_plus',
      });

    it.each([
      ['442079460958', '+442079460958', 'GB'],
      ['49 30 12345678', '+493012345678', 'DE'],
      ['12025550123', '+12025550123', 'US'],
      ['442079460958.0', '+442079460958', 'GB'],
      ['+493012345678', '+493012345678', 'DE'],
    ])('is taken with its country code: %s', (phoneNumber, e164, countryCode) => {
      expect(read({ phoneNumber })).toMatchObject({ ok: true, row: { e164, countryCode } });
    });

    it.each([
      ['2025550123', '', 'number_invalid'],
      ['(0)20 7946 0958', 'GB', 'number_invalid'],
      ['442079460958', 'US', 'country_mismatch'],
    ])('is never taken for a national one: %s', (phoneNumber, countryCode, code) => {
      expect(read({ phoneNumber, countryCode })).toMatchObject({ ok: false, error: { code } });
    });
  });

  it.each([
    ['ABC', /ISO 4217/],
    ['DEM', /withdrawn, write EUR/],
    ['BGN', /withdrawn, write EUR/],
    ['XXX', /ISO 4217/],
  ])('is refused for a currency that is none of today: %s', (currency, message) => {
    expect(refused({ monthlyCost: '1', currency })).toMatchObject({
      code: 'currency_invalid',
      message: expect.stringMatching(message),
    });
  });
});
