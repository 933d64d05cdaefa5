import { hash, verify, type Options } from '@node-rs/argon2';

/** OWASP's first choice for argon2id: 19 MiB of memory, two passes, one lane. The library's default is argon2id. */
const ARGON2: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

let dummyHash: Promise<string> | undefined;

/** Hashes a password with argon2id; the answer is a PHC string that carries its own parameters and salt. */
export function hashPassword(plain: string): Promise<string> {
  return hash(plain, ARGON2);
}

/**
 * Compares a password with a stored hash. Without a hash (nobody has that e-mail) it does the same work on another one
 * and answers false, so that the time it takes does not tell who has an account.
 */
export async function verifyPassword(plain: string, passwordHash: string | null): Promise<boolean> {
  if (passwordHash !== null) return verify(passwordHash, plain);
  dummyHash ??= hashPassword('nobody has this password');
  await verify(await dummyHash, plain);
  return false;
}
