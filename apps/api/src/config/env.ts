import { envSchema, type Env } from './env.schema.js';

export type { Env } from './env.schema.js';

/** Injection token of the settings. */
export const ENV = Symbol('ENV');

/** The address of the owner of the tables is kept for migrating alone. */
const apiSchema = envSchema
  .refine((env) => !env.AUTO_MIGRATE || env.MIGRATION_DATABASE_URL !== undefined, {
    path: ['MIGRATION_DATABASE_URL'],
    message: 'is needed with AUTO_MIGRATE=true, to migrate as the owner of the tables',
  })
  .transform(({ MIGRATION_DATABASE_URL, ...env }): Env =>
    env.AUTO_MIGRATE ? { ...env, MIGRATION_DATABASE_URL } : env,
  );

/**
 * Reads the settings once. The only reader of process.env in the API.
 *
 * @throws Error with one line for each setting that is missing or wrong.
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const result = apiSchema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Settings are missing or wrong (see .env.example):\n${lines.join('\n')}`);
}

/** Takes the owner's address out of the settings and out of the environment of this process. */
export function forgetOwner(env: Env): Env {
  delete process.env['MIGRATION_DATABASE_URL'];
  const { MIGRATION_DATABASE_URL: _, ...others } = env;
  return others;
}
