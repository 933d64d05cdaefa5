import type pg from 'pg';
import { createAgent } from '../support/fixtures.js';
import { Admins } from './admins.js';
import { nextMidnight } from './calendar.js';
import { Callers, type Ports, portsOf } from './callers.js';
import { evidenceOf } from './chaos-run.js';
import { check } from './checker.js';
import type { Cluster } from './cluster.js';
import { type CallRecord, type ChaosRecord, nowMs, type Pair, type World } from './record.js';
import { createNumber, createPair, createWorldOrganization } from './world.js';

/** Every gate, the right one and each wrong one, meets the same: these calls, changes and lost replies. */
export interface Scene {
  cluster: Cluster;
  world: World;
  pair: Pair;
  callers: Callers;
  admins: Admins;
}
export type Play = (scene: Scene) => Promise<void>;

const COUNTRIES = ['US', 'CA'];
let seed = 0;

/** Plays a scene with an organization of its own, and answers which rules were broken. */
export async function rulesBrokenIn(cluster: Cluster, play: Play, ports: Ports = portsOf(cluster)): Promise<string[]> {
  seed += 1;
  const organization = await createWorldOrganization(cluster.database, 'UTC');
  const agentId = await createAgent(cluster.database, { organizationId: organization.id, kind: 'ai' });
  const pair = await createPair(cluster.database, organization, agentId, 20, COUNTRIES);
  const world: World = { organizations: [organization], numbers: [], pairs: [pair] };
  const callers = new Callers(world, ports, seed);
  const admins = new Admins(cluster, world);
  const startedMs = nowMs();
  await play({ cluster, world, pair, callers, admins });
  callers.close();
  const { calls, settlements } = callers;
  const record: ChaosRecord = {
    ...{ seed, startedMs, endedMs: nowMs(), world, calls, settlements },
    ...{ changes: admins.changes, samples: [], faults: {} },
  };
  return check(record, await evidenceOf(cluster, record)).rules.sort();
}

const callAtOnce = ({ callers, pair }: Scene, count: number, country = 'US'): Promise<CallRecord[]> =>
  Promise.all(Array.from({ length: count }, () => callers.call(pair, country)));

export async function overTheLimit(scene: Scene): Promise<void> {
  for (let wave = 0; wave < 4; wave += 1) await callAtOnce(scene, 16);
}

export async function retried(scene: Scene): Promise<void> {
  for (const call of await callAtOnce(scene, 5)) await scene.callers.again(call, scene.pair, 1);
}

/** Each switch is thrown between a call and its retry; what can be turned back is. */
export async function retriedAfterPause(scene: Scene): Promise<void> {
  const { pair, admins } = scene;
  const calls = await callAtOnce(scene, 2);
  await admins.setPaused(pair, true);
  await retryAll(scene, calls);
  await admins.setPaused(pair, false);
  await retryAll(scene, calls);
}

export async function retriedAfterSuspension(scene: Scene): Promise<void> {
  const { pair, admins } = scene;
  const calls = await callAtOnce(scene, 2);
  await admins.setSuspended(pair.organizationId, true);
  await retryAll(scene, calls);
  await admins.setSuspended(pair.organizationId, false);
  await retryAll(scene, calls);
}

export async function retriedAfterReassignment(scene: Scene): Promise<void> {
  const { pair, admins } = scene;
  const calls = await callAtOnce(scene, 2);
  await admins.unassign(pair);
  await retryAll(scene, calls);
  await admins.assign(pair, pair.limit, ['US']);
  await retryAll(scene, calls);
}

export async function retriedAfterSettling(scene: Scene): Promise<void> {
  const [voided, completed] = await callAtOnce(scene, 2);
  await scene.callers.settle('void', voided!, 0);
  await scene.callers.settle('complete', completed!, 0);
  await retryAll(scene, [voided!, completed!]);
}

export async function retriedAfterTheLease(scene: Scene): Promise<void> {
  const calls = await callAtOnce(scene, 2);
  await scene.admins.turnClock(5);
  await retryAll(scene, calls);
  await scene.admins.turnClock(-5);
}

async function retryAll({ callers, pair }: Scene, calls: readonly CallRecord[]): Promise<void> {
  for (const call of calls) await callers.again(call, pair, 1);
}

/** The change waits for a lock, and calls behind it. When the lock goes, the change comes first. */
export async function loweredWhileCallsWait(scene: Scene): Promise<void> {
  const { pair, admins } = scene;
  await callAtOnce(scene, 10);
  // Signs in, so that the change that matters is at the lock at once.
  await admins.setLimit(pair, pair.limit + 1, 0);
  const holder = await holderOf(scene, [pair]);
  const lowered = admins.setLimit(pair, 10, 0);
  await waiting(scene, 1, 2_000);
  const calls = [scene.callers.call(pair, 'US', { api: 0 }), scene.callers.call(pair, 'US', { api: 1 })];
  await waiting(scene, 3, 500);
  await letGo(holder);
  await Promise.all([lowered, ...calls]);
}

/**
 * A call waits for the two numbers of its agent while the agent gets a third, which is then the least used. Who names the
 * third comes to it first, and the call that waited has seen it as it was before. All of it has to happen while one
 * statement waits, 50 to 100 ms.
 */
export async function givenWhileCallsWait(scene: Scene): Promise<void> {
  const { cluster, world, pair, callers, admins } = scene;
  const { agentId, limit } = pair;
  const second = await createPair(cluster.database, world.organizations[0]!, agentId, limit, COUNTRIES);
  world.pairs.push(second);
  const third = await furtherNumber(scene);
  await callAtOnce(scene, 4);
  // Signs in at both, so that the call does not wait in vain.
  for (const api of [0, 1]) await admins.setLimit(pair, limit, api);
  const holder = await holderOf(scene, [pair, second]);
  const holderOfThird = await cluster.connect();
  const choosing = callers.call(pair, 'US', { api: 0 });
  await waiting(scene, 1, 1_000);
  await admins.assign(third, limit, COUNTRIES);
  await hold(holderOfThird, [third]);
  const naming = callers.call(third, 'US', { api: 1, isNamed: true });
  await waiting(scene, 2, 300);
  await letGo(holder);
  await waiting(scene, 2, 300);
  await letGo(holderOfThird);
  await Promise.all([choosing, naming]);
}

/** A number that the agent can be given. */
async function furtherNumber({ cluster, world, pair }: Scene): Promise<Pair> {
  const number = await createNumber(cluster.database, pair.organizationId);
  const further = { ...pair, ...number, assignmentId: '', isOriginal: false };
  world.pairs.push(further);
  return further;
}

/** Holds assignments, as another transaction would. */
async function holderOf({ cluster }: Scene, pairs: readonly Pair[]): Promise<pg.Client> {
  const holder = await cluster.connect();
  await hold(holder, pairs);
  return holder;
}

async function hold(holder: pg.Client, pairs: readonly Pair[]): Promise<void> {
  await holder.query('begin');
  await holder.query('select from agent_phone_numbers where id = any ($1::uuid[]) for no key update', [
    pairs.map(({ assignmentId }) => assignmentId),
  ]);
}

async function letGo(holder: pg.Client): Promise<void> {
  await holder.query('commit');
  await holder.end();
}

/** Until that many wait for a row that is held. */
async function waiting({ cluster }: Scene, count: number, patienceMs: number): Promise<void> {
  const deadline = nowMs() + patienceMs;
  while (nowMs() < deadline) {
    const [row] = await cluster.query(
      'select count(*)::int as count from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0',
    );
    if (row!['count'] >= count) return;
  }
}

export async function assignedAgain(scene: Scene): Promise<void> {
  await callAtOnce(scene, 25);
  await scene.admins.reassign(scene.pair, scene.pair.limit, scene.pair.countries, 0);
  await callAtOnce(scene, 25);
}

/** The agent gets another number, and then loses the one that it had. */
export async function exchanged(scene: Scene): Promise<void> {
  const other = await furtherNumber(scene);
  await callAtOnce(scene, 3);
  await scene.admins.assign(other, other.limit, COUNTRIES);
  await scene.admins.unassign(scene.pair);
  await callAtOnce(scene, 3);
}

export async function paused(scene: Scene): Promise<void> {
  await callAtOnce(scene, 3);
  await scene.admins.setPaused(scene.pair, true);
  await callAtOnce(scene, 3);
}

export async function overMidnight(scene: Scene): Promise<void> {
  await callAtOnce(scene, 3);
  await scene.admins.turnClock(24);
  await callAtOnce(scene, 3);
  await scene.admins.turnClock(-24);
  await callAtOnce(scene, 3);
}

/** Three countries share the dial code +1. The assignment allows two of them. */
export async function abroad(scene: Scene): Promise<void> {
  for (const country of ['US', 'CA', 'DO']) await callAtOnce(scene, 3, country);
}

export async function voidedAfterMidnight(scene: Scene): Promise<void> {
  const { admins, callers } = scene;
  const justBefore = (nextMidnight('UTC', nowMs()) - nowMs() - 20_000) / 3_600_000;
  const justAfter = 40_000 / 3_600_000;
  await admins.turnClock(justBefore);
  const [call] = await callAtOnce(scene, 3);
  await admins.turnClock(justAfter);
  await callAtOnce(scene, 3);
  await callers.settle('void', call!, 0);
  const { status } = callers.settlements.at(-1)!;
  if (status !== 200) throw new Error(`The void was answered ${status}: the scene shows nothing`);
  await admins.turnClock(-justBefore - justAfter);
}

export async function completedTwice(scene: Scene): Promise<void> {
  const [call] = await callAtOnce(scene, 1);
  await scene.callers.settle('complete', call!, 0);
  await scene.callers.settle('complete', call!, 1);
}

/** Each call is given back as soon as it is allowed, for as long as that is possible. */
export async function voidedAgainAndAgain(scene: Scene): Promise<void> {
  await scene.admins.setLimit(scene.pair, 3);
  for (let time = 0; time < 5; time += 1) {
    const [call] = await callAtOnce(scene, 1);
    await scene.callers.settle('void', call!, 0);
  }
}

export async function crashed(scene: Scene): Promise<void> {
  for (let wave = 0; wave < 3; wave += 1) await callAtOnce(scene, 5);
  await scene.cluster.crashPostgres();
}

export async function callCanada(scene: Scene): Promise<void> {
  await callAtOnce(scene, 3, 'CA');
}
