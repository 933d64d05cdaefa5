import { setTimeout as delay } from 'node:timers/promises';
import { Admins } from './admins.js';
import { Callers, portsOf } from './callers.js';
import { check } from './checker.js';
import type { Cluster } from './cluster.js';
import { type Evidence, readEvidence } from './evidence.js';
import { Faults, schedule } from './faults.js';
import { Random } from './random.js';
import { type ChaosRecord, type DaySample, nowMs, pairKey } from './record.js';
import type { Violations } from './violations.js';
import { cutToday } from './ledger-cut.js';
import { createWorld } from './world.js';

interface ChaosOptions {
  seed: number;
  lengthMs: number;
  /** At once. */
  callers: number;
  /** Longest pause of a caller between two calls; half of it on average. */
  thinkMs: number;
  faultEveryMs: number;
  changeEveryMs: number;
}

export interface ChaosResult {
  record: ChaosRecord;
  evidence: Evidence;
  violations: Violations;
}

/** Calls, changes and faults at once for the given time; then everything is healed, every call answered, and checked. */
export async function runChaos(cluster: Cluster, options: ChaosOptions): Promise<ChaosResult> {
  const { seed, lengthMs } = options;
  const world = await createWorld(cluster.database, new Random(seed), { organizations: 2, agents: 12, limit: 60 });
  const callers = new Callers(world, portsOf(cluster), seed);
  const admins = new Admins(cluster, world);
  const startedMs = nowMs();
  await cluster.query(cutToday(startedMs + lengthMs / 2));
  let over = false;
  const faults = new Faults(cluster, admins, () => over);
  const samples: DaySample[] = [];
  try {
    const calling = callers.run(options.callers, options.thinkMs);
    const sampling = sample(cluster, samples, () => over);
    const faulting = faults.run(schedule(seed, lengthMs, options.faultEveryMs, options.changeEveryMs), lengthMs);
    await Promise.race([Promise.all([delay(lengthMs), faulting]), calling, sampling]);
    over = true;
    callers.stop();
    await Promise.all([calling, faulting, sampling]);
  } finally {
    over = true;
    callers.stop();
    callers.close();
  }
  const record: ChaosRecord = {
    seed,
    startedMs,
    endedMs: nowMs(),
    world,
    calls: callers.calls,
    settlements: callers.settlements,
    changes: admins.changes,
    samples,
    faults: { ...faults.injected, ...admins.done },
  };
  const evidence = await evidenceOf(cluster, record);
  return { record, evidence, violations: check(record, evidence) };
}

/** What the database holds once no API process is at it any more. */
export async function evidenceOf(cluster: Cluster, record: Pick<ChaosRecord, 'world'>): Promise<Evidence> {
  const ids = record.world.organizations.map(({ id }) => id);
  return readEvidence((sql, parameters) => cluster.query(sql, parameters), ids);
}

/** Looks at the day of every counter a few times a second. */
async function sample(cluster: Cluster, samples: DaySample[], isOver: () => boolean): Promise<void> {
  const last = new Map<string, string>();
  while (!isOver()) {
    const rows = (await cluster.query(
      `select agent_id as "agentId", phone_number_id as "phoneNumberId", last_reset_date::text as "lastResetDate"
       from agent_phone_numbers`,
    )) as Omit<DaySample, 'atMs'>[];
    for (const row of rows) {
      if (last.get(pairKey(row)) === row.lastResetDate) continue;
      last.set(pairKey(row), row.lastResetDate);
      samples.push({ atMs: nowMs(), ...row });
    }
    await delay(200);
  }
}
