import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, verify, type Options } from '@node-rs/argon2';
import { ProblemError } from '../../platform/http/problems/problem.error.js';
import { BoundedWork } from '../../platform/process/bounded-work.js';

/** OWASP's first choice for argon2id: 19 MiB of memory, two passes, one lane. The library's default is argon2id. */
const ARGON2: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * argon2 takes 20 ms of a core, on the threads of libuv, of which there are four for everything. One core stays for the call
 * gate, two threads stay for files and names. What waits longer than half a second would rather be told so.
 */
const argon2 = new BoundedWork(
  { atOnce: Math.max(1, Math.min(2, availableParallelism() - 1)), waiting: 25 },
  () =>
    new ProblemError('service_unavailable', 'Too many passwords are being checked right now. Try again in a second.', {
      headers: { 'retry-after': '1' },
    }),
);

/** Made before the first request, which would otherwise take twice as long. It never matches. */
const dummyHash = hash(randomBytes(32), ARGON2);

/**
 * Hashes a password with argon2id; the answer is a PHC string that carries its own parameters and salt.
 *
 * @throws ProblemError service_unavailable when too many passwords wait to be hashed or compared
 */
export function hashPassword(plain: string): Promise<string> {
  return argon2.run(() => hash(plain, ARGON2));
}

/**
 * Compares a password with a stored hash. Without a hash (no account has that e-mail) it does the same work on another one
 * and answers false, so that the time it takes does not tell which accounts there are.
 *
 * @throws ProblemError service_unavailable when too many passwords wait to be hashed or compared
 */
export function verifyPassword(plain: string, passwordHash: string | null): Promise<boolean> {
  return argon2.run(async () => {
    const matches = await verify(passwordHash ?? (await dummyHash), plain);
    return matches && passwordHash !== null;
  });
}
