import { envSchema, type Env, LEAST_LEDGER_DAYS } from './env.schema.js';

export type { Env } from './env.schema.js';

/** Injection token of the settings. */
export const ENV = Symbol('ENV');

/** The address of the owner of the tables is kept for migrating alone. */
const apiSchema = envSchema
  .refine((env) => !env.AUTO_MIGRATE || env.MIGRATION_DATABASE_URL !== undefined, {
    path: ['MIGRATION_DATABASE_URL'],
    message: 'is needed with AUTO_MIGRATE=true, to migrate as the owner of the tables',
  })
  .superRefine((env, context) => {
    const complaint = retentionComplaint(env);
    if (complaint) context.addIssue({ code: 'custom', path: ['LEDGER_RETENTION_DAYS'], message: complaint });
  })
  .transform(({ MIGRATION_DATABASE_URL, ...env }): Env =>
    env.AUTO_MIGRATE ? { ...env, MIGRATION_DATABASE_URL } : env,
  );

/** What the ledger is needed for longer than it is to be kept; null when nothing is. */
function retentionComplaint(env: Env): string | null {
  const { LEDGER_RETENTION_DAYS: days, IDEMPOTENCY_RETENTION_HOURS, GATE_LEASE_MINUTES } = env;
  if (days === undefined) return null;
  const needs: [least: number, why: string][] = [
    [LEAST_LEDGER_DAYS, 'the usage of a day is rolled up from it until then'],
    [
      Math.ceil(IDEMPOTENCY_RETENTION_HOURS / 24),
      `retries are answered from it for IDEMPOTENCY_RETENTION_HOURS=${IDEMPOTENCY_RETENTION_HOURS}`,
    ],
    [Math.ceil(GATE_LEASE_MINUTES / 1_440), `calls are settled in it for GATE_LEASE_MINUTES=${GATE_LEASE_MINUTES}`],
  ];
  const [least, why] = needs.reduce((one, other) => (other[0] > one[0] ? other : one));
  return days < least
    ? `must be at least ${least}, because ${why}; or leave it empty to keep the ledger for ever`
    : null;
}

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
