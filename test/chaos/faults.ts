import { setTimeout as delay } from 'node:timers/promises';
import { ADMIN_KINDS, type AdminKind, type Admins } from './admins.js';
import type { ApiSlot, Cluster } from './cluster.js';
import { Random } from './random.js';
import { nowMs } from './record.js';

export const FAULT_KINDS = [
  'api-killed',
  'api-stopped',
  'backends-terminated',
  'postgres-killed',
  'database-cut',
  'database-delayed',
  'database-replies-lost',
  'database-silent',
  'callers-cut',
  'callers-delayed',
  'callers-replies-lost',
  'callers-silent',
  'clock-forward',
  'clock-back',
] as const;
type FaultKind = (typeof FAULT_KINDS)[number];

interface Planned<Kind> {
  atMs: number;
  kind: Kind;
  /** Whether none of its kind comes before it. */
  isFirst: boolean;
  /** Seed of what the fault chooses: which process, how long. */
  seed: number;
}

export interface Schedule {
  faults: Planned<FaultKind>[];
  /** One line for each admin at work. */
  admins: Planned<AdminKind>[][];
}

const ADMINS = 4;

/**
 * The same seed and length give the same schedule. Every kind comes once before any comes twice, and once however short
 * the run is.
 */
export function schedule(seed: number, lengthMs: number, faultEveryMs: number, changeEveryMs: number): Schedule {
  const random = new Random(seed);
  const faults = plan(random, FAULT_KINDS, lengthMs, faultEveryMs);
  const changes = plan(random, ADMIN_KINDS, lengthMs, changeEveryMs);
  const admins = Array.from({ length: ADMINS }, (_, admin) => changes.filter((_change, at) => at % ADMINS === admin));
  return { faults, admins };
}

function plan<Kind>(random: Random, kinds: readonly Kind[], lengthMs: number, everyMs: number): Planned<Kind>[] {
  const planned: Planned<Kind>[] = [];
  let round: Kind[] = [];
  for (let atMs = everyMs / 2; atMs < lengthMs || planned.length < kinds.length; atMs += everyMs) {
    if (round.length === 0) round = random.shuffled(kinds);
    planned.push({
      atMs: atMs + (random.next() - 0.5) * everyMs * 0.5,
      kind: round.shift()!,
      isFirst: planned.length < kinds.length,
      seed: random.between(1, 1e9),
    });
  }
  return planned;
}

/**
 * Does what the schedule says. A fault that takes longer than planned delays those that follow, and none is left out.
 * Admins who fell behind go home when the time is up, but not before the first change of each kind was acknowledged.
 */
export class Faults {
  readonly injected: Record<string, number> = {};
  private readonly restarts = new Set<Promise<void>>();

  constructor(
    private readonly cluster: Cluster,
    private readonly admins: Admins,
    private readonly isOver: () => boolean,
  ) {}

  async run(planned: Schedule, lengthMs: number): Promise<void> {
    const started = nowMs();
    const line = async <Kind extends string>(
      events: Planned<Kind>[],
      perform: (event: Planned<Kind>, random: Random) => Promise<void>,
      untilMs = Infinity,
    ): Promise<void> => {
      for (const event of events) {
        await delay(Math.max(started + event.atMs - nowMs(), 0));
        if (this.isOver() || (nowMs() > untilMs && !event.isFirst)) return;
        await perform(event, new Random(event.seed));
      }
    };
    await Promise.all([
      line(planned.faults, ({ kind }, random) => this.inject(kind, random)),
      ...planned.admins.map((events) =>
        line(events, (event, random) => this.change(event, random), started + lengthMs),
      ),
    ]);
    await Promise.all(this.restarts);
  }

  /** While everything fails, a change may be refused or its answer lost. */
  private async change({ kind, isFirst }: Planned<AdminKind>, random: Random): Promise<void> {
    for (;;) {
      const isDone = await this.admins.change(kind, random, random.between(100, 700));
      if (isDone || !isFirst || this.isOver()) return;
      await delay(50);
    }
  }

  private async inject(kind: FaultKind, random: Random): Promise<void> {
    this.injected[kind] = (this.injected[kind] ?? 0) + 1;
    const slot = await this.runningSlot(random);
    const holdMs = random.between(300, 1_500);
    switch (kind) {
      case 'api-killed':
        return this.killApi(slot);
      case 'api-stopped':
        slot.process?.process.kill('SIGSTOP');
        await delay(holdMs * 2);
        slot.process?.process.kill('SIGCONT');
        return;
      case 'backends-terminated':
        await this.cluster.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ringfence-gate'`,
        );
        return;
      case 'postgres-killed':
        return this.cluster.crashPostgres();
      case 'clock-forward':
        return this.admins.alone('time', () => this.admins.turnClock(random.between(4, 20)));
      case 'clock-back':
        return this.admins.alone('time', () => this.admins.turnClock(-random.between(1, 15)));
      default:
        return this.spoil(kind, slot, holdMs);
    }
  }

  private async spoil(kind: FaultKind, slot: ApiSlot, holdMs: number): Promise<void> {
    const proxy = kind.startsWith('database') ? slot.inner : slot.outer;
    if (kind.endsWith('cut')) {
      proxy.refuse();
      await delay(holdMs / 4);
    } else {
      if (kind.endsWith('delayed')) proxy.delay(holdMs / 3);
      if (kind.endsWith('replies-lost')) proxy.loseReplies();
      if (kind.endsWith('silent')) proxy.goSilent();
      await delay(holdMs);
    }
    proxy.heal();
  }

  private async killApi(slot: ApiSlot): Promise<void> {
    await this.cluster.killApi(slot);
    const restart = this.cluster.startApi(slot).finally(() => this.restarts.delete(restart));
    this.restarts.add(restart);
  }

  private async runningSlot(random: Random): Promise<ApiSlot> {
    for (;;) {
      const running = this.cluster.slots.filter(({ process }) => process !== null);
      if (running.length > 0) return random.pick(running);
      await delay(50);
    }
  }
}
