import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { pairsThatAreReset } from './admins.js';
import type { Cluster } from './cluster.js';
import { Destinations } from './destinations.js';
import { Random } from './random.js';
import {
  type Attempt,
  type CallRecord,
  nowMs,
  type Pair,
  type Settlement,
  type ReportedDecision,
  type World,
} from './record.js';

const TIMEOUT_MS = 2_500;
const DUPLICATES = 0.1;
const REUSES = 0.03;
const SETTLED = 0.08;
/** How often a dialer asks once more for one of its last calls, and for a call that it has settled. */
const ASKED_AGAIN = 0.15;
const ASKED_AFTER_SETTLING = 0.5;
const REMEMBERED = 12;
/** Calls for the pair that an admin made last, perhaps just now, and of the others for the first. */
const NEWEST = 0.15;
const HOT = 0.3;

/** The least that a caller needs of a cluster: where the API processes answer. */
export type Ports = readonly number[];

export const portsOf = (cluster: Cluster): Ports => cluster.slots.map((slot) => slot.outer.port);

interface Posted {
  status: number;
  body: string;
  replayed: boolean;
}

/** A call as it was sent, to be sent once more. */
interface Sent {
  call: CallRecord;
  body: string;
}

/** Dialers that ask the gate at once. A lost or failed reply is retried with the same key, perhaps at another process. */
export class Callers {
  readonly calls: CallRecord[] = [];
  readonly settlements: Settlement[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  private readonly destinations = new Destinations();
  /** Whether a call of before a reset comes off the counter or the archive is for test/concurrency/settlement.spec.ts. */
  private readonly neverVoided: Set<string>;
  private stopped = false;
  private serial = 0;

  constructor(
    private readonly world: World,
    private readonly ports: Ports,
    private readonly seed: number,
  ) {
    this.neverVoided = new Set(pairsThatAreReset(world).map(({ agentId }) => agentId));
  }

  /** Runs that many callers until `stop`, each waiting up to `thinkMs` between its calls. Answers when all are answered. */
  async run(count: number, thinkMs: number): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const random = new Random(this.seed * 7_919 + index);
        const sent: Sent[] = [];
        await delay(random.next() * thinkMs);
        while (!this.stopped) {
          if (sent.length > 0 && random.chance(ASKED_AGAIN)) await this.askAgain(random, random.pick(sent));
          else sent.push(await this.callOnce(random));
          if (sent.length > REMEMBERED) sent.shift();
          await delay(random.next() * thinkMs);
        }
      }),
    );
  }

  stop(): void {
    this.stopped = true;
  }

  close(): void {
    this.agent.destroy();
  }

  /** One call of one pair that names the agent or the assignment, sent until it is answered, for ten seconds at most. */
  async call(pair: Pair, country: string, options: { isNamed?: boolean; api?: number } = {}): Promise<CallRecord> {
    const call = this.newCall(pair, options.isNamed ? pair.phoneNumberId : null, this.destinations.in(country));
    await this.untilAnswered(call, new Random(this.serial), bodyOf(call, pair, 0), 10_000, options.api);
    return call;
  }

  /** Sends a call once more as it was: a retry. */
  async again(call: CallRecord, pair: Pair, api = 0): Promise<Attempt> {
    return this.attempt(call, bodyOf(call, pair, 0), api);
  }

  private async callOnce(random: Random): Promise<Sent> {
    const { pairs } = this.world;
    const isNewest = random.chance(NEWEST);
    const pair = isNewest ? pairs.at(-1)! : random.chance(HOT) ? pairs[0]! : random.pick(pairs);
    // The first two forms name the number.
    const form = random.between(0, isNewest ? 3 : 9);
    const call = this.newCall(pair, form < 2 ? pair.phoneNumberId : null, this.destinations.next(random.next()));
    const body = bodyOf(call, pair, form);
    const twice = random.chance(DUPLICATES);
    const asked = [this.untilAnswered(call, random, body, 60_000)];
    if (twice && random.chance(0.5)) asked.push(this.untilAnswered(call, random, body, 60_000));
    await Promise.all(asked);
    if (twice && asked.length === 1) await this.untilAnswered(call, random, body, 60_000);
    if (random.chance(REUSES)) await this.reuse(call, random, pair, form);
    if (random.chance(SETTLED)) {
      // Often several at once: only one of them may give the call back, or say how it went.
      const kinds = this.neverVoided.has(pair.agentId) ? (['complete'] as const) : (['void', 'complete'] as const);
      const times = random.between(1, 3);
      await Promise.all(
        Array.from({ length: times }, () => this.settle(random.pick(kinds), call, this.anyPort(random))),
      );
      if (random.chance(ASKED_AFTER_SETTLING)) await this.askAgain(random, { call, body });
    }
    return { call, body };
  }

  /** A retry of a call that was answered, perhaps before a switch was thrown. */
  private askAgain(random: Random, { call, body }: Sent): Promise<void> {
    return this.untilAnswered(call, random, body, 60_000);
  }

  private anyPort(random: Random): number {
    return random.between(0, this.ports.length - 1);
  }

  private newCall(pair: Pair, phoneNumberId: string | null, destination: CallRecord['destination']): CallRecord {
    this.serial += 1;
    const { organizationId, agentId } = pair;
    const key = `chaos-${this.seed}-${this.serial}`;
    const call: CallRecord = { key, organizationId, agentId, phoneNumberId, destination, attempts: [] };
    this.calls.push(call);
    return call;
  }

  private async untilAnswered(
    call: CallRecord,
    random: Random,
    body: string,
    patienceMs: number,
    api = this.anyPort(random),
  ): Promise<void> {
    const deadline = nowMs() + patienceMs;
    for (let at = api; ; at = this.anyPort(random)) {
      const { status } = await this.attempt(call, body, at);
      if (status === 200 || (status >= 400 && status < 500 && status !== 429) || nowMs() > deadline) return;
      await delay(random.between(30, 400));
    }
  }

  /** The same key for another destination: the key is taken, which is all that may come of it. */
  private async reuse(call: CallRecord, random: Random, pair: Pair, form: number): Promise<void> {
    if (!call.attempts.some(({ status }) => status === 200)) return;
    const destination = this.destinations.in('US');
    const other = { ...call, destination };
    await this.attempt(call, bodyOf(other, pair, form), this.anyPort(random), destination.number);
  }

  private async attempt(call: CallRecord, body: string, api: number, reused?: string): Promise<Attempt> {
    const { apiKey } = this.world.organizations.find(({ id }) => id === call.organizationId)!;
    const attempt: Attempt = { sentMs: nowMs(), endedMs: 0, api, status: 0, ...(reused && { reused }) };
    call.attempts.push(attempt);
    try {
      const answer = await this.post(api, '/api/v1/call-gate/authorize', body, apiKey, call.key);
      attempt.endedMs = nowMs();
      attempt.status = answer.status;
      read(answer, attempt);
    } catch {
      attempt.endedMs = nowMs();
    }
    return attempt;
  }

  /** Settles an allowed call. */
  async settle(kind: Settlement['kind'], call: CallRecord, api: number): Promise<void> {
    const authorizationId = call.attempts.find((attempt) => attempt.reported?.allowed)?.reported?.authorizationId;
    if (authorizationId === undefined) return;
    const { apiKey } = this.world.organizations.find(({ id }) => id === call.organizationId)!;
    const durationSeconds = kind === 'complete' ? this.settlements.length : null;
    const body = kind === 'complete' ? { disposition: 'answered', durationSeconds } : { reason: 'not_dialed' };
    const path = `/api/v1/call-gate/authorizations/${authorizationId}/${kind}`;
    const settlement: Settlement = { kind, authorizationId, durationSeconds, sentMs: nowMs(), endedMs: 0, status: 0 };
    this.settlements.push(settlement);
    try {
      settlement.status = (await this.post(api, path, JSON.stringify(body), apiKey, `${kind}-${call.key}`)).status;
    } catch {
      // It is unknown whether it happened.
    }
    settlement.endedMs = nowMs();
  }

  private post(api: number, path: string, body: string, apiKey: string, key: string): Promise<Posted> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          host: '127.0.0.1',
          port: this.ports[api],
          method: 'POST',
          path,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            'x-api-key': apiKey,
            'idempotency-key': key,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            clearTimeout(timer);
            const replayed = response.headers['idempotent-replayed'] === 'true';
            if (response.complete) resolve({ status: response.statusCode ?? 0, body: text, replayed });
            else reject(new Error('cut short'));
          });
          response.on('error', reject);
        },
      );
      const timer = setTimeout(() => sent.destroy(new Error('no answer')), TIMEOUT_MS);
      sent.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      sent.end(body);
    });
  }
}

/** Most name the agent, some the assignment, some the agent and the number. */
function bodyOf(call: CallRecord, pair: Pair, form: number): string {
  const destination = call.destination.number;
  if (call.phoneNumberId === null) return JSON.stringify({ agentId: pair.agentId, destination });
  if (form === 0 && pair.assignmentId !== '') return JSON.stringify({ assignmentId: pair.assignmentId, destination });
  return JSON.stringify({ agentId: pair.agentId, from: pair.phoneNumber, destination });
}

function read(answer: Posted, attempt: Attempt): void {
  let body: Record<string, unknown> | null = null;
  try {
    body = JSON.parse(answer.body) as Record<string, unknown>;
  } catch {
    // No JSON: shown below.
  }
  const isDecision = typeof body?.['allowed'] === 'boolean' && typeof body['authorizationId'] === 'string';
  if (isDecision && body) {
    attempt.reported = {
      allowed: body['allowed'] as boolean,
      authorizationId: body['authorizationId'] as string,
      reasonCode: String(body['reasonCode']),
      from: (body['from'] as { phoneNumber: string } | null)?.phoneNumber ?? null,
      country: (body['destination'] as { countryCode: string | null }).countryCode,
      limit: body['limit'] as ReportedDecision['limit'],
      used: body['used'] as ReportedDecision['used'],
      replayed: answer.replayed,
    };
  }
  if (typeof body?.['detail'] === 'string') attempt.problem = body['detail'];
  const expected = answer.status === 200 ? isDecision : !isDecision && [422, 429, 503].includes(answer.status);
  if (!expected) attempt.strange = `${answer.status} ${answer.body.slice(0, 300)}`;
}
