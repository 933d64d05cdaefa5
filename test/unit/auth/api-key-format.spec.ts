import { createHash } from 'node:crypto';
import { isWellFormedApiKey, newApiKey } from '../../../apps/api/src/modules/auth/api-keys/api-key-format.js';

/** CRC-32 of `rf_live_` and 30 zeros in base 62, computed apart from the code under test. */
const CHECKSUM_OF_ZEROS = '3t1eB9';

describe('an API key', () => {
  const { key, prefix, keyHash } = newApiKey();

  it('carries 178 random bits and a checksum', () => {
    expect(key).toMatch(/^rf_live_[0-9A-Za-z]{36}$/);
    expect(isWellFormedApiKey(key)).toBe(true);
  });

  it('is told by its first characters and kept as SHA-256', () => {
    expect(key.startsWith(prefix)).toBe(true);
    expect(prefix).toHaveLength(12);
    expect(keyHash).toEqual(createHash('sha256').update(key).digest());
  });

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 100 }, () => newApiKey().key)).size).toBe(100);
  });

  it('keeps its checksum, so that keys in use stay valid', () => {
    expect(isWellFormedApiKey(`rf_live_${'0'.repeat(30)}${CHECKSUM_OF_ZEROS}`)).toBe(true);
  });

  it('is refused when any one character differs', () => {
    for (let index = 0; index < key.length; index += 1) {
      const other = key[index] === 'A' ? 'B' : 'A';
      expect(isWellFormedApiKey(key.slice(0, index) + other + key.slice(index + 1))).toBe(false);
    }
  });

  it.each([
    ['nothing', ''],
    ['the prefix alone', 'rf_live_'],
    ['a key cut short', key.slice(0, -1)],
    ['a key with something after it', `${key}x`],
    ['another kind of token', key.replace('rf_live_', 'sk_live_')],
  ])('is not %s', (_what, text) => {
    expect(isWellFormedApiKey(text)).toBe(false);
  });
});
