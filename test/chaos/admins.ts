import { setTimeout as delay } from 'node:timers/promises';
import { type Acknowledged, ChangeLog } from './change-log.js';
import type { Cluster } from './cluster.js';
import type { Random } from './random.js';
import { type Change, type Pair, pairKey, type World } from './record.js';
import { agentsOf, COUNTRY_LISTS, pairOf } from './world.js';

export const ADMIN_KINDS = [
  'limit-lowered',
  'limit-raised',
  'paused',
  'countries-changed',
  'reassigned',
  'number-assigned',
  'number-moved',
  'number-unassigned',
  'agent-inactive',
  'number-inactive',
  'usage-reset',
  'zone-changed',
  'suspended',
] as const;
export type AdminKind = (typeof ADMIN_KINDS)[number];

const ZONES = ['UTC', 'America/New_York', 'Asia/Tokyo', 'Pacific/Auckland', 'Asia/Kolkata', 'America/Los_Angeles'];
/** Only these are reset by hand, so that the others can be held to their limits without an exception. */
const RESET_EVERY = 6;

export const pairsThatAreReset = ({ pairs }: World): Pair[] =>
  pairs.filter(({ isOriginal }, index) => isOriginal && index % RESET_EVERY === RESET_EVERY - 1);

/** These do not ask for a number that an agent has. */
const OF_ANY_PAIR: readonly AdminKind[] = ['usage-reset', 'zone-changed', 'suspended'];

/** What a change must not overlap with another change of. */
function subjectsOf(kind: AdminKind, pair: Pair): string[] {
  if (kind === 'zone-changed') return ['time'];
  return kind === 'suspended' ? [`suspended ${pair.organizationId}`] : [pair.agentId, pair.phoneNumberId];
}

interface Wanted {
  limit: number;
  countries: string[] | null;
  zone: string;
  holdMs: number;
}

/** Admins change things through the API while calls are decided, and write down when each change was acknowledged. */
export class Admins {
  /** How often each kind of change was acknowledged. */
  readonly done: Record<string, number> = {};
  private readonly log: ChangeLog;
  private readonly busy = new Map<string, Promise<unknown>>();

  constructor(
    private readonly cluster: Cluster,
    private readonly world: World,
  ) {
    this.log = new ChangeLog(cluster, world);
  }

  get changes(): Change[] {
    return this.log.changes;
  }

  /**
   * One change and, where it stops calls, its way back. Changes of one agent or one number never overlap.
   *
   * @returns whether it was acknowledged
   */
  async change(kind: AdminKind, random: Random, holdMs: number): Promise<boolean> {
    const wanted = { countries: random.pick(COUNTRY_LISTS), zone: random.pick(ZONES), holdMs };
    const isDone =
      kind === 'number-assigned' || kind === 'number-moved'
        ? await this.giveNumber(kind, random, { ...wanted, limit: random.between(1, 30) })
        : await this.changePair(kind, random, wanted);
    if (isDone) this.done[kind] = (this.done[kind] ?? 0) + 1;
    return isDone;
  }

  /** Runs work that must not overlap with other work of the same name. */
  async alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.busy.get(name) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(work);
    this.busy.set(name, mine);
    return mine;
  }

  /** Turns the database's clock by hours. Decisions may come from nothing else. */
  async turnClock(hours: number): Promise<void> {
    const before = this.log.lastOf('clock', 0) as number;
    const offsetMs = Math.round(before + hours * 3_600_000);
    await this.log.record('clock', offsetMs, async () => {
      await this.cluster.query(
        `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
           as $$ select clock_timestamp() + interval '${offsetMs} milliseconds' $$`,
      );
      return true;
    });
  }

  setLimit(pair: Pair, dailyLimit: number, api = 0): Promise<boolean> {
    return this.update(pair, 'limit', dailyLimit, { dailyLimit }, api);
  }

  setPaused(pair: Pair, paused: boolean, api = 0): Promise<boolean> {
    return this.update(pair, 'paused', paused, { paused }, api);
  }

  async reassign(pair: Pair, limit: number, countries: string[] | null, holdMs: number): Promise<boolean> {
    await this.unassign(pair);
    await delay(holdMs);
    return this.assign(pair, limit, countries);
  }

  /** Gives the agent the number. @param giver the agent that has it until then */
  async assign(pair: Pair, limit: number, countries: string[] | null, giver?: Pair): Promise<boolean> {
    const body = { agentId: pair.agentId, dailyLimit: limit, allowedCountries: countries, reassign: !!giver };
    const of = pairKey(pair);
    const isDone = await this.log.recordAll(
      [
        ...(giver ? [[`live:${pairKey(giver)}`, false] as [string, unknown]] : []),
        [`live:${of}`, true],
        [`limit:${of}`, limit],
        [`countries:${of}`, countries],
        [`paused:${of}`, false],
      ],
      () => this.log.send(pair.organizationId, 'POST', `/phone-numbers/${pair.phoneNumberId}/assign`, body),
    );
    if (pair.assignmentId === '') {
      const [row] = await this.cluster.query(
        'select id from agent_phone_numbers where agent_id = $1 and phone_number_id = $2',
        [pair.agentId, pair.phoneNumberId],
      );
      pair.assignmentId = (row?.['id'] as string | undefined) ?? '';
    }
    return isDone;
  }

  unassign(pair: Pair): Promise<boolean> {
    return this.log.record(`live:${pairKey(pair)}`, false, () =>
      this.log.send(pair.organizationId, 'POST', `/phone-numbers/${pair.phoneNumberId}/unassign`, {}),
    );
  }

  private isLive(pair: Pair): boolean {
    return this.log.lastOf(`live:${pairKey(pair)}`, pair.isOriginal) === true;
  }

  private holderOf(phoneNumberId: string): Pair | undefined {
    return this.world.pairs.find((pair) => pair.phoneNumberId === phoneNumberId && this.isLive(pair));
  }

  /** Gives an agent a number that no agent has, or that another agent has; if possible one that this agent never had. */
  private async giveNumber(
    kind: AdminKind,
    random: Random,
    { limit, countries }: Omit<Wanted, 'zone'>,
  ): Promise<boolean> {
    const isMoved = kind === 'number-moved';
    const numbers = this.world.numbers.filter(({ phoneNumberId }) => {
      const holder = this.holderOf(phoneNumberId);
      return isMoved ? holder && holder !== this.world.pairs[0] : !holder;
    });
    if (numbers.length === 0) return false;
    const number = random.pick(numbers);
    const giver = this.holderOf(number.phoneNumberId);
    const others = agentsOf(this.world, number.organizationId).filter((agentId) => agentId !== giver?.agentId);
    const strangers = others.filter((agentId) => !pairOf(this.world, agentId, number.phoneNumberId));
    const agentId = random.pick(strangers.length > 0 ? strangers : others);
    const subjects = [agentId, number.phoneNumberId, ...(giver ? [giver.agentId] : [])];
    return this.aloneWith(subjects, async () => {
      if (this.holderOf(number.phoneNumberId) !== giver) return false;
      let pair = pairOf(this.world, agentId, number.phoneNumberId);
      if (!pair) {
        pair = { ...number, agentId, assignmentId: '', limit, countries, isOriginal: false };
        this.world.pairs.push(pair);
      }
      return this.assign(pair, limit, countries, giver);
    });
  }

  private async changePair(kind: AdminKind, random: Random, wanted: Omit<Wanted, 'limit'>): Promise<boolean> {
    const live = () => this.world.pairs.filter((pair) => this.isLive(pair));
    const candidates = kind === 'usage-reset' ? pairsThatAreReset(this.world) : live();
    // The first agent, whom most callers name, keeps its number.
    const from = kind === 'number-unassigned' ? candidates.slice(1) : candidates;
    if (from.length === 0) return false;
    const pair = random.chance(0.3) ? from[0]! : random.pick(from);
    const limit = random.between(0, pair.limit);
    return this.aloneWith(subjectsOf(kind, pair), async () => {
      if (!OF_ANY_PAIR.includes(kind) && !this.isLive(pair)) return false;
      return this.perform(kind, pair, { ...wanted, limit });
    });
  }

  /** Every admin takes names in one order, so that two never wait for each other. */
  private aloneWith(names: readonly string[], work: () => Promise<boolean>): Promise<boolean> {
    return [...names]
      .sort()
      .reduceRight<() => Promise<boolean>>((inner, name) => () => this.alone(name, inner), work)();
  }

  private async perform(kind: AdminKind, pair: Pair, { limit, countries, zone, holdMs }: Wanted): Promise<boolean> {
    const { organizationId, agentId, phoneNumberId } = pair;
    const put = (field: string, value: string, path: string, name: string) =>
      this.log.record(field, value, () => this.log.send(organizationId, 'PUT', path, { [name]: value }));
    const forAWhile = async (set: (isStopped: boolean) => Promise<boolean>) => {
      const isDone = await set(true);
      await delay(holdMs);
      await set(false);
      return isDone;
    };
    const stateOf = (isStopped: boolean) => (isStopped ? 'inactive' : 'active');
    switch (kind) {
      case 'limit-lowered':
        return this.setLimit(pair, limit);
      case 'limit-raised':
        return this.setLimit(pair, pair.limit + limit);
      case 'paused':
        return forAWhile((isStopped) => this.setPaused(pair, isStopped));
      case 'countries-changed':
        return this.update(pair, 'countries', countries, { allowedCountries: countries });
      case 'reassigned':
        return this.reassign(pair, pair.limit, countries, holdMs);
      case 'number-unassigned':
        return this.unassign(pair);
      case 'agent-inactive':
        return forAWhile((isStopped) => put(`agent:${agentId}`, stateOf(isStopped), `/agents/${agentId}`, 'status'));
      case 'number-inactive':
        return forAWhile((isStopped) =>
          put(`number:${phoneNumberId}`, stateOf(isStopped), `/phone-numbers/${phoneNumberId}`, 'lifecycle'),
        );
      case 'usage-reset':
        return this.log.record(`reset:${agentId}`, true, () =>
          this.log.send(organizationId, 'POST', '/usage/reset', { agentId }),
        );
      case 'zone-changed':
        return put(`zone:${organizationId}`, zone, '/organizations/current', 'timeZone');
      case 'suspended':
        return forAWhile((isStopped) => this.setSuspended(organizationId, isStopped));
      default:
        throw new Error(`${kind} is no change of a pair`);
    }
  }

  /** As the API does it for a platform administrator, who is none of the organization's admins. */
  setSuspended(organizationId: string, suspended: boolean): Promise<boolean> {
    return this.log.record(`suspended:${organizationId}`, suspended, () =>
      this.cluster
        .query('update organizations set suspended_at = case when $2 then now() end where id = $1', [
          organizationId,
          suspended,
        ])
        .then(
          (): Acknowledged => true,
          () => null,
        ),
    );
  }

  private update(pair: Pair, name: string, value: unknown, body: object, api?: number): Promise<boolean> {
    const path = `/agent-assignments/${pair.assignmentId}`;
    return this.log.record(`${name}:${pairKey(pair)}`, value, () =>
      this.log.send(pair.organizationId, 'PUT', path, body, api),
    );
  }
}
