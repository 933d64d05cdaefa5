import { ADMIN_KINDS } from '../chaos/admins.js';
import { runChaos } from '../chaos/chaos-run.js';
import { Cluster } from '../chaos/cluster.js';
import { FAULT_KINDS } from '../chaos/faults.js';
import { pairKey } from '../chaos/record.js';

describe('three API processes under faults', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await Cluster.start({ apis: 3, inMemory: true });
  }, 120_000);

  afterAll(() => cluster?.close(), 120_000);

  it('break no invariant while everything fails once', async () => {
    const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000_000);
    // Told at once: a run that throws or never ends must be repeatable as well.
    process.stderr.write(`CHAOS_SEED=${seed}\n`);
    const { record, evidence, violations } = await runChaos(cluster, {
      seed,
      lengthMs: 13_000,
      callers: 256,
      thinkMs: 2_000,
      faultEveryMs: 900,
      changeEveryMs: 300,
    });
    expect({ seed, violations: violations.shown }).toEqual({ seed, violations: [] });
    expect(Object.keys(record.faults).sort()).toEqual([...FAULT_KINDS, ...ADMIN_KINDS].sort());
    const { ledger } = evidence;
    expect(ledger.filter(({ allowed }) => allowed).length).toBeGreaterThan(50);
    expect(new Set(ledger.map(({ reason }) => reason)).size).toBeGreaterThan(5);
    expect(new Set(ledger.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    expect(ledger.some(({ voided }) => voided)).toBe(true);
    expect(ledger.some(({ completed }) => completed)).toBe(true);
    // Calls that were allowed were asked for again, and denied for what had become of them or of the rules.
    const allowed = new Set(ledger.filter((row) => row.allowed).map(({ id }) => id));
    const retries = record.calls
      .flatMap(({ attempts }) => attempts.map(({ reported }) => reported))
      .filter((reported) => reported?.replayed);
    const denied = retries.filter((reported) => !reported!.allowed && allowed.has(reported!.authorizationId));
    expect(retries.some((reported) => reported!.allowed)).toBe(true);
    expect(denied.some((reported) => reported!.reasonCode.startsWith('authorization_'))).toBe(true);
    expect(denied.some((reported) => !reported!.reasonCode.startsWith('authorization_'))).toBe(true);
    // Numbers that admins gave to agents under way were called from as well.
    const given = new Set(record.world.pairs.filter(({ isOriginal }) => !isOriginal).map(pairKey));
    expect(ledger.some((row) => row.allowed && given.has(pairKey(row)))).toBe(true);
    // Every fault is waited for, which takes longer on a busy machine.
  }, 180_000);
});
