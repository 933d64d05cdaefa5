import { envSchema, type Env } from './env.schema.js';

export type { Env } from './env.schema.js';

/** Injection token of the settings. */
export const ENV = Symbol('ENV');

/**
 * Reads the settings once. The only reader of process.env in the API.
 *
 * @throws Error with one line for each setting that is missing or wrong.
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = envSchema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Settings are missing or wrong (see .env.example):\n${lines.join('\n')}`);
}
