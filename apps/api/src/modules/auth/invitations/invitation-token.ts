import { hash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
/** 32 bytes in base64url, whose last digit has two bits to spare. */
const FORM = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** A token of 256 random bits, and the hash that is kept of it: so many bits need no slow hash. */
export function newInvitationToken(): { token: string; tokenHash: Buffer } {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  return { token, tokenHash: hashOf(token) };
}

/** @returns null for what no token looks like */
export function hashOfToken(token: string): Buffer | null {
  return FORM.test(token) ? hashOf(token) : null;
}

function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
