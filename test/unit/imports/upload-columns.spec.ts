import { readLayout } from '../../../apps/api/src/modules/imports/read/upload-columns.js';

const others = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

describe('readLayout', () => {
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
