import { readLayout } from '../../../apps/api/src/modules/imports/read/upload-columns.js';

const others = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

const register = { mapping: null, provider: null, operation: 'register' } as const;

describe('readLayout', () => {
  it.each([
    ['calls per day', 'dailyLimit'],
    ['Länder', 'allowedCountries'],
    ['blacklist', 'status or allowedCountries'],
    ['Voice allowed', 'voice or capabilities'],
    ['outbound', 'voice or capabilities'],
    ['Assigned to', 'agent'],
  ])('refuses %s with what it may be', (name, meant) => {
    expect(() => readLayout(['phone', 'provider', name], 1, register)).toThrow(
      `Line 1: the column "${name}" is not known, and may say what can be called, how often or by whom. ` +
        `If it is ${meant}, call it so; else leave it out with mapping={"${name}":""}.`,
    );
    const mapping = { [name]: '' as const };
    const left = readLayout(['phone', 'provider', name], 1, { ...register, mapping });
    expect([left.columns, left.notices]).toEqual([['phoneNumber', 'provider', null], []]);
  });

  it.each([
    [['Phone Number', 'Friendly Name', 'Voice', 'SMS'], /send provider=twilio, for all rows/],
    [['phone', 'label'], /send provider= with one of twilio, telnyx, .*, for all rows/],
  ])('advises a provider that the header may be of: %s', (names, advice) => {
    expect(() => readLayout(names, 1, register)).toThrow(advice);
  });

  it('of numbers to delete tells what is left out, and not what the mapping leaves out', () => {
    const told = (mapping: Record<string, ''> | null) =>
      readLayout(['phone', 'Status', 'agent'], 1, { mapping, provider: null, operation: 'delete' }).notices;
    expect(told(null)).toEqual([
      {
        line: 1,
        column: null,
        code: 'columns_ignored',
        message: 'Left out, because only phoneNumber and countryCode are read to delete numbers: "Status", "agent".',
        value: 'Status, agent',
      },
    ]);
    expect(told({ Status: '', agent: '' })).toEqual([]);
  });

  it.each([
    ['agent', null],
    ['Owner', null],
    ['Who', { Who: 'agent' as const }],
  ])('of numbers to unassign refuses a column that names agents: %s', (name, mapping) => {
    const told = { mapping, provider: null, operation: 'unassign' } as const;
    expect(() => readLayout(['phone', name], 1, told)).toThrow(/takes a number from whichever agent has it/);
    const left = readLayout(['phone', name], 1, { ...told, mapping: { [name]: '' } });
    expect([left.columns, left.notices]).toEqual([['phoneNumber', null], []]);
  });

  it('takes a header of many columns whose others are left out, and not of thousands', () => {
    const told = {
      mapping: { Tel: 'phoneNumber', Carrier: 'provider' } as const,
      provider: null,
      operation: 'register' as const,
    };
    expect(readLayout(['Tel', 'Carrier', ...others(198)], 1, told).columns).toHaveLength(200);
    expect(() => readLayout(['Tel', 'Carrier', ...others(199)], 1, told)).toThrow(
      'Line 1: the header has 201 columns. At most 200 are read; leave others out.',
    );
  });
});
