import { Redis } from 'ioredis';
import pg from 'pg';
import { RateLimiterPostgres, RateLimiterRedis, type RateLimiterAbstract } from 'rate-limiter-flexible';

interface Call {
  agentId: string;
}

export interface Peer {
  authorize(call: Call): Promise<{ allowed: boolean }>;
  close(): Promise<unknown>;
}

const DAY_SECONDS = 86_400;
const LIMIT = 1_000_000;

function peer(limiter: RateLimiterAbstract, close: () => Promise<unknown>): Peer {
  return {
    async authorize({ agentId }) {
      const { remainingPoints } = await limiter.consume(agentId);
      return { allowed: remainingPoints >= 0 };
    },
    close,
  };
}

/** A general rate limiter on PostgreSQL: a bare counter for each agent, without policy and without a ledger. */
export async function limiterOnPostgres(databaseUrl: string): Promise<Peer> {
  const storeClient = new pg.Pool({ connectionString: databaseUrl, max: 16 });
  await storeClient.query('create schema if not exists bench_peers');
  const limiter = await new Promise<RateLimiterPostgres>((resolve, reject) => {
    const made = new RateLimiterPostgres(
      { storeClient, schemaName: 'bench_peers', tableName: 'limits', points: LIMIT, duration: DAY_SECONDS },
      (error?: Error) => (error ? reject(error) : resolve(made)),
    );
  });
  return peer(limiter, () => storeClient.end());
}

/** The same on Redis, which loses up to a second of counts when it crashes. */
export function limiterOnRedis(url: string): Peer {
  const storeClient = new Redis(url);
  return peer(new RateLimiterRedis({ storeClient, points: LIMIT, duration: DAY_SECONDS }), () => storeClient.quit());
}
