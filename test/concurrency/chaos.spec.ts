import { runChaos } from '../chaos/chaos-run.js';
import { Cluster } from '../chaos/cluster.js';

describe('three API processes under faults', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await Cluster.start({ apis: 3, inMemory: true });
  }, 120_000);

  afterAll(() => cluster?.close(), 120_000);

  it('break no invariant while everything fails once', async () => {
    const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000_000);
    const { record, evidence, violations } = await runChaos(cluster, {
      seed,
      lengthMs: 13_000,
      callers: 256,
      thinkMs: 2_000,
      faultEveryMs: 900,
      changeEveryMs: 300,
    });
    expect({ seed, violations: violations.shown }).toEqual({ seed, violations: [] });
    // All fourteen faults, and most of the ten kinds of changes: admins who fell behind go home.
    expect(Object.keys(record.faults).length).toBeGreaterThanOrEqual(14 + 5);
    expect(evidence.ledger.filter(({ allowed }) => allowed).length).toBeGreaterThan(50);
    expect(new Set(evidence.ledger.map(({ reason }) => reason)).size).toBeGreaterThan(5);
    // Every fault is waited for, which takes longer on a busy machine.
  }, 180_000);
});
