import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'rf_live_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 30 characters of 62 carry 178 bits. */
const RANDOM_LENGTH = 30;
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6;
const BODY_LENGTH = PREFIX.length + RANDOM_LENGTH;
const KEY_LENGTH = BODY_LENGTH + CHECKSUM_LENGTH;
/** Enough to recognize a key in a list, with far too little of it to guess the rest. */
const SHOWN_LENGTH = PREFIX.length + 4;

interface NewApiKey {
  /** Shown once, stored nowhere. */
  key: string;
  prefix: string;
  keyHash: Buffer;
}

export function newApiKey(): NewApiKey {
  let body = PREFIX;
  for (let index = 0; index < RANDOM_LENGTH; index += 1) body += ALPHABET[randomInt(ALPHABET.length)];
  const key = body + checksum(body);
  return { key, prefix: key.slice(0, SHOWN_LENGTH), keyHash: hash('sha256', key, 'buffer') };
}

/** True for what wants to be an API key, whether or not it is one. */
export function isApiKeyShaped(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** True when length and checksum fit: a mistyped or made-up key is refused without a look-up. */
export function isWellFormedApiKey(text: string): boolean {
  if (text.length !== KEY_LENGTH || !isApiKeyShaped(text)) return false;
  return text.slice(BODY_LENGTH) === checksum(text.slice(0, BODY_LENGTH));
}

/** CRC-32 of the text (ISO 3309), in base 62. */
function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let index = 0; index < CHECKSUM_LENGTH; index += 1) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
