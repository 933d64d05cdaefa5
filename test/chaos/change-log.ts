import { setTimeout as delay } from 'node:timers/promises';
import { signIn } from '../support/fixtures.js';
import { request } from '../support/http.js';
import type { Cluster } from './cluster.js';
import { type Change, nowMs, type World } from './record.js';

/** True when a change was acknowledged, false when it was refused, null when it is unknown. */
export type Acknowledged = boolean | null;

/** Sends what admins change to the API, and writes down what may be in force from when to when. */
export class ChangeLog {
  readonly changes: Change[] = [];
  private readonly byField = new Map<string, Change[]>();
  private readonly tokens = new Map<string, string>();

  constructor(
    private readonly cluster: Cluster,
    private readonly world: World,
  ) {}

  record(field: string, value: unknown, send: () => Promise<Acknowledged>): Promise<boolean> {
    return this.recordAll([[field, value]], send);
  }

  /**
   * When it is unknown whether the change was made, everything that may still be under way is waited for, and what is in
   * force is read.
   *
   * @returns whether it was acknowledged
   */
  async recordAll(fields: readonly [string, unknown][], send: () => Promise<Acknowledged>): Promise<boolean> {
    const entries = fields.map(([field, value]) => {
      const change = { field, value, final: value, sentMs: nowMs(), settledMs: Infinity };
      this.changes.push(change);
      this.byField.set(field, [...(this.byField.get(field) ?? []), change]);
      return change;
    });
    const acknowledged = await send();
    if (acknowledged === null) await this.nothingUnderWay();
    for (const change of entries) {
      if (acknowledged === null) change.final = await this.inForce(change.field);
      if (acknowledged === false) change.final = this.lastOf(change.field, undefined, change);
      change.settledMs = nowMs();
    }
    return acknowledged === true;
  }

  /** What is in force for all that is known, while a change is under way what it makes of it. */
  lastOf(field: string, initial: unknown, before?: Change): unknown {
    return this.byField.get(field)?.findLast((change) => change !== before)?.final ?? initial;
  }

  /** @param api which process is asked; one of those that run when left out, or when it does not */
  async send(organizationId: string, method: string, path: string, body: object, api?: number): Promise<Acknowledged> {
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

  /** Undefined for the rules of an assignment that was never made. */
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
    return row || name !== 'live' ? row?.['value'] : false;
  }
}
