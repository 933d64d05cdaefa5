import { setTimeout as delay } from 'node:timers/promises';
import { signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';
import type { Cluster } from './cluster.js';
import type { Random } from './random.js';
import { type Change, nowMs, type Pair, pairKey, type World } from './record.js';
import { COUNTRY_LISTS } from './world.js';

export const ADMIN_KINDS = [
  'limit-lowered',
  'limit-raised',
  'paused',
  'countries-changed',
  'reassigned',
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
  pairs.filter((_, index) => index % RESET_EVERY === RESET_EVERY - 1);

/** What a change must not overlap with another change of. */
function subjectOf(kind: AdminKind, pair: Pair): string {
  if (kind === 'zone-changed') return 'time';
  return kind === 'suspended' ? `suspended ${pair.organizationId}` : pair.agentId;
}

/** Admins change things through the API while calls are decided, and write down when each change was acknowledged. */
export class Admins {
  readonly changes: Change[] = [];
  readonly done: Record<string, number> = {};
  private readonly tokens = new Map<string, string>();
  private readonly busy = new Map<string, Promise<void>>();

  constructor(
    private readonly cluster: Cluster,
    private readonly world: World,
  ) {}

  /** One change and, where it stops calls, its way back. Changes of one agent never overlap. */
  async change(kind: AdminKind, random: Random, holdMs: number): Promise<void> {
    const { pairs } = this.world;
    const candidates = kind === 'usage-reset' ? pairsThatAreReset(this.world) : pairs;
    const pair = random.chance(0.3) ? candidates[0]! : random.pick(candidates);
    const countries = random.pick(COUNTRY_LISTS);
    const limit = random.between(0, pair.limit);
    const zone = random.pick(ZONES);
    await this.alone(subjectOf(kind, pair), async () => {
      this.done[kind] = (this.done[kind] ?? 0) + 1;
      await this.perform(kind, pair, { limit, countries, zone }, holdMs);
    });
  }

  /** Runs work that must not overlap with other work of the same name. */
  async alone(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.busy.get(name) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(work);
    this.busy.set(name, mine);
    await mine;
  }

  /** Turns the database's clock by hours. Decisions may come from nothing else. */
  async turnClock(hours: number): Promise<void> {
    const before = this.lastOf('clock', 0) as number;
    const offsetMs = before + hours * 3_600_000;
    await this.record('clock', offsetMs, async () => {
      await this.cluster.query(
        `create or replace function ringfence_clock() returns timestamptz language sql volatile parallel safe
           as $$ select clock_timestamp() + interval '${offsetMs} milliseconds' $$`,
      );
      return true;
    });
  }

  async setLimit(pair: Pair, dailyLimit: number, api = 0): Promise<void> {
    await this.update(pair, 'limit', dailyLimit, { dailyLimit }, api);
  }

  async setPaused(pair: Pair, paused: boolean, api = 0): Promise<void> {
    await this.update(pair, 'paused', paused, { paused }, api);
  }

  async reassign(pair: Pair, limit: number, countries: string[] | null, holdMs: number): Promise<void> {
    const field = (name: string) => `${name}:${pairKey(pair)}`;
    const path = `/phone-numbers/${pair.phoneNumberId}`;
    await this.record(field('live'), false, () => this.send(pair.organizationId, 'POST', `${path}/unassign`, {}));
    await delay(holdMs);
    const body = { agentId: pair.agentId, dailyLimit: limit, allowedCountries: countries };
    await this.recordAll(
      [
        [field('live'), true],
        [field('limit'), limit],
        [field('countries'), countries],
        [field('paused'), false],
      ],
      () => this.send(pair.organizationId, 'POST', `${path}/assign`, body),
    );
  }

  private async perform(
    kind: AdminKind,
    pair: Pair,
    to: { limit: number; countries: string[] | null; zone: string },
    holdMs: number,
  ): Promise<void> {
    const { organizationId } = pair;
    switch (kind) {
      case 'limit-lowered':
        return this.setLimit(pair, to.limit);
      case 'limit-raised':
        return this.setLimit(pair, pair.limit + to.limit);
      case 'paused':
        await this.setPaused(pair, true);
        await delay(holdMs);
        return this.setPaused(pair, false);
      case 'countries-changed':
        return this.update(pair, 'countries', to.countries, { allowedCountries: to.countries });
      case 'reassigned':
        return this.reassign(pair, pair.limit, to.countries, holdMs);
      case 'agent-inactive':
        await this.put(`agent:${pair.agentId}`, 'inactive', organizationId, `/agents/${pair.agentId}`, 'status');
        await delay(holdMs);
        return this.put(`agent:${pair.agentId}`, 'active', organizationId, `/agents/${pair.agentId}`, 'status');
      case 'number-inactive': {
        const path = `/phone-numbers/${pair.phoneNumberId}`;
        await this.put(`number:${pair.phoneNumberId}`, 'inactive', organizationId, path, 'lifecycle');
        await delay(holdMs);
        return this.put(`number:${pair.phoneNumberId}`, 'active', organizationId, path, 'lifecycle');
      }
      case 'usage-reset':
        await this.record(`reset:${pair.agentId}`, true, () =>
          this.send(organizationId, 'POST', '/usage/reset', { agentId: pair.agentId }),
        );
        return;
      case 'zone-changed':
        return this.put(`zone:${organizationId}`, to.zone, organizationId, '/organizations/current', 'timeZone');
      case 'suspended':
        await this.setSuspended(organizationId, true);
        await delay(holdMs);
        return this.setSuspended(organizationId, false);
    }
  }

  /** As the API does it for a platform administrator, who is none of the organization's admins. */
  private setSuspended(organizationId: string, suspended: boolean): Promise<void> {
    return this.record(`suspended:${organizationId}`, suspended, () =>
      this.cluster
        .query('update organizations set suspended_at = case when $2 then now() end where id = $1', [
          organizationId,
          suspended,
        ])
        .then(
          () => true,
          () => null,
        ),
    );
  }

  private update(pair: Pair, name: string, value: unknown, body: object, api?: number): Promise<void> {
    const path = `/agent-assignments/${pair.assignmentId}`;
    return this.record(`${name}:${pairKey(pair)}`, value, () => this.send(pair.organizationId, 'PUT', path, body, api));
  }

  private put(field: string, value: string, organizationId: string, path: string, name: string): Promise<void> {
    return this.record(field, value, () => this.send(organizationId, 'PUT', path, { [name]: value }));
  }

  private record(field: string, value: unknown, send: () => Promise<boolean | null>): Promise<void> {
    return this.recordAll([[field, value]], send);
  }

  /**
   * Writes down what may be in force from when to when. `send` answers whether the change was acknowledged, or null when
   * nobody knows: then everything that may still be under way is waited for, and what is in force is read.
   */
  private async recordAll(fields: [string, unknown][], send: () => Promise<boolean | null>): Promise<void> {
    const entries = fields.map(([field, value]) => {
      const change = { field, value, final: value, sentMs: nowMs(), settledMs: Infinity };
      this.changes.push(change);
      return change;
    });
    const acknowledged = await send();
    if (acknowledged === null) await this.nothingUnderWay();
    for (const change of entries) {
      if (acknowledged === null) change.final = await this.inForce(change.field);
      if (acknowledged === false) change.final = this.lastOf(change.field, undefined, change);
      change.settledMs = nowMs();
    }
  }

  private lastOf(field: string, initial: unknown, before?: Change): unknown {
    const own = this.changes.filter((change) => change.field === field && change !== before);
    return own.at(-1)?.final ?? initial;
  }

  /** @returns whether it was done; null when nobody knows */
  private async send(
    organizationId: string,
    method: string,
    path: string,
    body: object,
    api?: number,
  ): Promise<boolean | null> {
    const running = this.cluster.slots.filter(({ process }) => process !== null);
    const slot = api === undefined ? running[Math.floor(Math.random() * running.length)] : this.cluster.slots[api];
    if (!slot?.process) {
      await delay(100);
      return this.send(organizationId, method, path, body);
    }
    try {
      const token = await this.token(organizationId, slot.process.url);
      const answer = await request(`${slot.process.url}/api/v1${path}`, { method, token, body });
      if (answer.status < 300) return true;
      if (answer.status === 401) {
        this.tokens.clear();
        return false;
      }
      return answer.status < 500 ? false : null;
    } catch {
      return null;
    }
  }

  /** Each process tells the time of its own, so each wants a token of its own. */
  private async token(organizationId: string, url: string): Promise<string> {
    const name = `${organizationId} ${url}`;
    const known = this.tokens.get(name);
    if (known !== undefined) return known;
    const { ownerEmail } = this.world.organizations.find(({ id }) => id === organizationId)!;
    const token = await signIn(url, ownerEmail);
    this.tokens.set(name, token);
    return token;
  }

  /** Waits until every transaction that had begun by now has ended; what a proxy delays comes within the second. */
  private async nothingUnderWay(): Promise<void> {
    await delay(1_000);
    const [clock] = await this.cluster.query('select clock_timestamp()::text as now');
    for (;;) {
      const [open] = await this.cluster.query(
        `select count(*)::int as count from pg_stat_activity
         where backend_type = 'client backend' and xact_start < $1::timestamptz and pid <> pg_backend_pid()`,
        [clock!['now']],
      );
      if (open!['count'] === 0) return;
      await delay(50);
    }
  }

  private async inForce(field: string): Promise<unknown> {
    const [name, id] = field.split(':') as [string, string];
    if (name === 'reset') return null;
    const [agentId, phoneNumberId] = id.split('/');
    const columns: Record<string, string> = {
      limit: 'daily_limit',
      paused: 'paused_at is not null',
      countries: 'allowed_countries',
      live: 'ended_at is null',
      zone: 'time_zone',
      suspended: 'suspended_at is not null',
    };
    const [row] =
      name === 'agent'
        ? await this.cluster.query('select status as value from agents where id = $1', [id])
        : name === 'number'
          ? await this.cluster.query('select lifecycle as value from phone_numbers where id = $1', [id])
          : name === 'zone' || name === 'suspended'
            ? await this.cluster.query(`select ${columns[name]} as value from organizations where id = $1`, [id])
            : await this.cluster.query(
                `select ${columns[name]} as value from agent_phone_numbers where agent_id = $1 and phone_number_id = $2`,
                [agentId, phoneNumberId],
              );
    return row!['value'];
  }
}
