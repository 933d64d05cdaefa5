import { isIP } from 'node:net';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const address = z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://');
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.trim().split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** How long an idempotency key holds: what callers are told in the description of the API and in docs/problems. */
export const IDEMPOTENCY_RETENTION_HOURS = { least: 48, usual: 72 } as const;

/**
 * The midnight job rolls up a date once more a day after it, and a date can stretch over three days of UTC: what is younger
 * may still be read for the usage of the past.
 */
export const LEAST_LEDGER_DAYS = 4;

/**
 * Every setting of the API. `.env.example` is generated from this schema (`npm run env:example`), and CI proves that
 * it is fresh.
 */
export const envSchema = z.object({
  DATABASE_URL: address.describe(
    'PostgreSQL to keep everything in, with a login that may become ringfence_app and nothing else. Without it, npm start runs an embedded one with demo data.',
  ),
  SYSTEM_DATABASE_URL: address.describe(
    'The same database, with a login that may become ringfence_system and nothing else.',
  ),
  MIGRATION_DATABASE_URL: address
    .optional()
    .describe(
      'The same database as the owner of its tables: for npm run migration:run, which also makes the two logins, and for AUTO_MIGRATE.',
    ),
  PORT: port.default(3000).describe('Port of API and console.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on. 0.0.0.0 in a container.'),
  AUTO_MIGRATE: flag.default(false).describe('Migrate the database when the API starts: true or false.'),
  JWT_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters')
    .describe('Signs access tokens (HS256). At least 32 characters; the same on every replica.'),
  PUBLIC_URL: z
    .url()
    .optional()
    .describe(
      'Address at which people reach the console, for links. https marks the session cookie Secure and __Host-, and tells browsers to stay with https.',
    ),
  TRUST_PROXY: z
    .union(
      [
        z
          .string()
          .regex(/^[1-9]\d?$/)
          .transform(Number),
        z.string().refine((list) => list.split(',').every(isNetwork)),
      ],
      'must be a number of proxies, or their addresses or networks (CIDR), separated by commas',
    )
    .optional()
    .describe(
      'Proxies before the API whose X-Forwarded-For is believed: how many, or their networks (10.0.0.0/8,::1). Empty: none.',
    ),
  REQUEST_TIMEOUT_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_600)
    .default(30)
    .describe(
      'How long a request may take to arrive. Uploads may take longer, as long as they go on: 1 kB each second.',
    ),
  MAX_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(10)
    .max(100_000)
    .default(4096)
    .describe('Open connections in all. The limit of open files (ulimit -n) must be larger.'),
  MAX_CONNECTIONS_PER_ADDRESS: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(1024)
    .describe('Open connections of one address (IPv6: one /64). Proxies of TRUST_PROXY have no such bound.'),
  METRICS_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('Bearer token for /metrics. Empty: /metrics answers to this machine only, and not through a proxy.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe level that is logged.'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json').describe('json for machines, pretty for people.'),
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(2)
    .max(200)
    .default(10)
    .describe('Connections for everything but the gate and what spans organizations.'),
  SYSTEM_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(4)
    .describe('Connections for what spans organizations: sign-in, looking up keys, the midnight job.'),
  GATE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(1)
    .max(32)
    .default(2)
    .describe(
      'Connections for batches of the call gate. One is in use; the others are for what waits behind a batch that is late.',
    ),
  GATE_BATCH_SIZE: z.coerce.number().int().min(1).max(500).default(128).describe('Most decisions in one batch.'),
  GATE_QUEUE_SIZE: z.coerce
    .number()
    .int()
    .min(500)
    .max(100_000)
    .default(4096)
    .describe('Decisions that may wait, at least the 500 of one request. Over it the gate answers 503.'),
  GATE_LEASE_MINUTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_080)
    .default(240)
    .describe('How long an authorization may stay unsettled before it expires (it counts as used).'),
  VOID_WINDOW_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('How long after the decision an authorization can be voided, which gives the call back.'),
  IDEMPOTENCY_RETENTION_HOURS: z.coerce
    .number()
    .int()
    .min(IDEMPOTENCY_RETENTION_HOURS.least)
    .max(8760)
    .default(IDEMPOTENCY_RETENTION_HOURS.usual)
    .describe(
      `How long idempotency keys are kept. At least ${IDEMPOTENCY_RETENTION_HOURS.least}. Afterwards a retry is a new call.`,
    ),
  MIDNIGHT_JOB: flag
    .default(true)
    .describe(
      'Run the midnight job and the purge of idempotency keys in this process: true or false. One process must.',
    ),
  AUDIT_CHAIN_JOB: flag
    .default(true)
    .describe('Link audit events into their chain in this process: true or false. One process must.'),
  LEDGER_JOB: flag
    .default(true)
    .describe(
      'Make the coming days of the ledger, and drop old ones, in this process: true or false. One process must.',
    ),
  LEDGER_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(36_500)
    .optional()
    .describe(
      `How many whole days (UTC) of the ledger are kept before today. At least ${LEAST_LEDGER_DAYS}, and as long as idempotency keys and leases. Empty: for ever.`,
    ),
  IMPORT_WORKER: flag.default(true).describe('Work on uploaded files in this process: true or false.'),
  CONSOLE_DIR: z.string().optional().describe('Built console to serve under /. Empty: the one of this build.'),
});

export type Env = z.infer<typeof envSchema>;
