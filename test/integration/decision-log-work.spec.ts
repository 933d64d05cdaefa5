import { newestDays } from '../../apps/api/src/modules/call-gate/decision-log/decision-log-filter.js';
import { DecisionLogRepository } from '../../apps/api/src/modules/call-gate/decision-log/decision-log.repository.js';
import { DecisionLogService } from '../../apps/api/src/modules/call-gate/decision-log/decision-log.service.js';
import {
  decisionLogStep,
  WALK_BY_KEY,
} from '../../apps/api/src/modules/call-gate/decision-log/sql/decision-log.sql.js';
import type { RequestContext } from '../../apps/api/src/modules/tenancy/tenancy.public.js';
import { type ApiPools, poolsAsOfApi } from '../support/api-pool.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { createAgent, createOrganization } from '../support/fixtures.js';
import { fillLedger, makeLedgerDay } from '../support/ledger.js';

const CALLS = 3_000;
const MOST = 512;
const WANTED = 51;
const DAYS_AGO = (days: number) => new Date(Date.now() - days * 86_400_000);
const WHOLE = { below: 'ffffffff-ffff-ffff-ffff-ffffffffffff', lowest: '00000000-0000-0000-0000-000000000000' };
const NO_FILTER = {
  ...{ agentId: null, phoneNumberId: null, destination: null, decision: null },
  ...{ reasonCode: null, status: null, from: null, to: null },
};

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

describe('What a step through the decision log costs', () => {
  let db: TestDatabase;
  let pools: ApiPools;
  let known: string;
  let unknown: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    pools = await poolsAsOfApi(db, 2);
    for (const days of [1, 2]) await makeLedgerDay(db, DAYS_AGO(days));
    known = await createOrganization(db);
    await fill(known);
    await db.query('analyze call_authorizations');
    unknown = await createOrganization(db);
    await fill(unknown);
  });

  afterAll(async () => {
    await pools?.destroy();
    await db?.drop();
  });

  /** In days that have their partition, and in one that has none. */
  async function fill(organizationId: string): Promise<void> {
    for (const days of [1, 2, 5]) await fillLedger(db, { organizationId, calls: CALLS, from: DAYS_AGO(days) });
  }

  async function planOf(organizationId: string, range: typeof WHOLE, agentId: string | null): Promise<PlanNode[]> {
    const { sql, values } = decisionLogStep({ ...NO_FILTER, agentId }, null);
    const parameters = [organizationId, range.below, range.lowest, MOST, WANTED, ...values];
    const [row] = await pools.database.inTenant(organizationId, async (tx) => {
      await tx.query(WALK_BY_KEY);
      return tx.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`explain (analyze, format json) ${sql}`, parameters);
    });
    return nodesOf(row!['QUERY PLAN'][0]!.Plan);
  }

  const cases = [
    ['the statistics know', () => known],
    ['the statistics do not know yet', () => unknown],
  ] as const;

  it.each(cases)('is the rows that it may look at, for an organization that %s', async (_what, organization) => {
    const rare = await createAgent(db, { organizationId: organization() });
    for (const range of [
      WHOLE,
      newestDays({ ...WHOLE, below: newestDays(WHOLE, 1, Date.now()).lowest }, 30, Date.now()),
    ]) {
      for (const [agentId, answered] of [
        [null, WANTED],
        [rare, 0],
      ] as const) {
        const scans = (await planOf(organization(), range, agentId)).filter(isOfLedger);
        // Merging the days takes the first row of each before it is known which is the newest.
        expect(scans.reduce((sum, scan) => sum + rowsRead(scan), 0)).toBeLessThanOrEqual(
          MOST + answered + scans.length,
        );
        expect(scans.reduce((sum, scan) => sum + rowsRead(scan), 0)).toBeGreaterThanOrEqual(MOST + answered);
      }
    }
  });

  it('is bounded in every step of a page', async () => {
    const settings: unknown[] = [];
    class Watched extends DecisionLogRepository {
      override async step(...of: Parameters<DecisionLogRepository['step']>) {
        settings.push((await of[0].query<{ enable_sort: string }>('show enable_sort'))[0]!.enable_sort);
        return super.step(...of);
      }
    }
    const log = new DecisionLogService(pools.database, new Watched());
    const rare = await createAgent(db, { organizationId: unknown });
    await log.page(reader(unknown), { ...NO_FILTER, agentId: rare }, 50, null);
    expect(settings.length).toBeGreaterThan(1);
    expect(new Set(settings)).toEqual(new Set(['off']));
  });

  it.each(cases)(
    'opens no other day than those of its range, for an organization that %s',
    async (_what, organization) => {
      const { lowest: below } = newestDays(WHOLE, 1, Date.now());
      const range = newestDays({ ...WHOLE, below }, 2, Date.now());
      const opened = (await planOf(organization(), range, null)).filter(isOfLedger);
      const names = opened.map((node) => node['Relation Name']!);
      expect([...new Set(names)].sort()).toEqual([2, 1].map((days) => partitionOf(DAYS_AGO(days))));
    },
  );
});

const reader = (organizationId: string): RequestContext => ({
  organizationId,
  principal: { kind: 'api_key', apiKeyId: organizationId, name: 'reader', permissions: new Set(['calls:read']) },
  requestId: 'decision-log-work',
});
const partitionOf = (at: Date) => `day_${at.toISOString().slice(0, 10).replaceAll('-', '_')}`;
const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];
const isOfLedger = (node: PlanNode) => /^(day_|unplaced$)/.test(node['Relation Name'] ?? '');
const rowsRead = (node: PlanNode) =>
  ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 0);
