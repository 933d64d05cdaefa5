import { Logger } from '@nestjs/common';
import { IdempotencyKeyPurge } from '../../apps/api/src/modules/call-gate/retention/idempotency-key-purge.js';
import { PURGE_IDEMPOTENCY_KEYS } from '../../apps/api/src/modules/call-gate/retention/sql/purge-idempotency-keys.sql.js';
import { type ApiPools, poolsAsOfApi } from '../support/api-pool.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createOrganization } from '../support/fixtures.js';

describe('Idempotency keys', () => {
  let db: TestDatabase;
  let pools: ApiPools;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    db = await createTestDatabase();
    pools = await poolsAsOfApi(db);
    await db.query(`create or replace function ringfence_clock() returns timestamptz language sql volatile
      as $$ select timestamptz '2026-03-02T12:00:00Z' $$`);
  });

  afterAll(async () => {
    await pools?.destroy();
    await db?.drop();
  });

  beforeEach(async () => {
    await db.query('truncate idempotency_keys');
  });

  /** Keys of a new organization: some whose time is over, and some that have a second left. */
  async function keys(expired: number, kept: number): Promise<void> {
    await db.query(
      `insert into idempotency_keys (organization_id, key, fingerprint, authorization_id, expires_at)
       select $1, 'key ' || n, '\\x00', $1, timestamptz '2026-03-02T12:00Z' + make_interval(secs => (n > $2::integer)::integer)
       from generate_series(1, $2::integer + $3::integer) n`,
      [await createOrganization(db), expired, kept],
    );
  }

  async function keysLeft() {
    const [row] = await db.query('select count(*)::integer as keys from idempotency_keys');
    return row!['keys'] as number;
  }

  it('are deleted when they have expired, and no others', async () => {
    await keys(2_500, 10);
    expect(await new IdempotencyKeyPurge(pools.database).run()).toBe(2_500);
    expect(await keysLeft()).toBe(10);
  });

  it('are deleted a thousand at a time until the run is asked to end; the next run goes on', async () => {
    await keys(4_200, 10);
    const purge = new IdempotencyKeyPurge(pools.database);
    expect(await purge.run(AbortSignal.abort())).toBe(1_000);
    expect(await purge.run()).toBe(3_200);
    expect(await keysLeft()).toBe(10);
  });

  it('are deleted however many there are, and found without reading the others', async () => {
    await keys(101_000, 1_000);
    await db.query('analyze idempotency_keys');
    const plan = await db.query(`explain (costs off) ${PURGE_IDEMPOTENCY_KEYS.replace('$1', '1000')}`);
    expect(plan.map((row) => String(row['QUERY PLAN'])).join('\n')).toMatch(
      /Index Scan using idempotency_keys_expiry[^]*Index Cond: \(expires_at <=/,
    );
    expect(await new IdempotencyKeyPurge(pools.database).run()).toBe(101_000);
    expect(await keysLeft()).toBe(1_000);
  });
});
