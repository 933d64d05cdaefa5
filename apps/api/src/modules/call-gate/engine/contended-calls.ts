import type { CallCommand } from '../policy/call-decision.js';
import type { GateMode } from './gate-database.js';
import { isLate, type PendingCall } from './pending-call.js';

/** What one statement did for contended calls. */
export interface LaneAnswer {
  /** Calls whose rows are still held. */
  undecided: PendingCall[];
  /** True when the statement as a whole gave up on a lock and was rolled back. */
  gaveUp: boolean;
}

/** What the lanes need of the gate around them. */
interface Surroundings {
  /** Decides and answers the calls, one statement at a time; it never rejects. */
  decide: (batch: readonly PendingCall[], mode: GateMode) => Promise<LaneAnswer>;
  /** Takes a call that needs no lane any more: the row of those before it was free. */
  giveBack: (call: PendingCall) => void;
  /** Takes a call that waited too long, or for which there is no room. */
  refuse: (call: PendingCall) => void;
}

interface Limits {
  /** Calls of all lanes together. */
  calls: number;
  callsOfOneOrganization: number;
  batch: number;
}

interface Lane {
  key: string;
  organizationId: string;
  waiting: PendingCall[];
  /** Calls that are with the database. */
  out: PendingCall[];
}

/**
 * Calls whose row another transaction holds for long: a lane for each agent or assignment. A later call that needs the same
 * row joins its lane; a call that names its number has another lane than one that leaves the choice. The lanes have a
 * connection of their own and are served in turns while there are any: first all of them at once, passing over the rows
 * that are still held; then one lane waits for its row, briefly, where PostgreSQL keeps it a place. So no lane waits for
 * another's lock for longer than a moment, and a row that many calls need goes to those that came first.
 */
export class ContendedCalls {
  private readonly lanes = new Map<string, Lane>();
  private readonly callsOf = new Map<string, number>();
  private calls = 0;
  private running = false;

  constructor(
    private readonly limits: Limits,
    private readonly gate: Surroundings,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.calls;
  }

  get isEmpty(): boolean {
    return this.lanes.size === 0;
  }

  /** Whether there is a lane for the row that the call needs, so that the call has to join it. */
  has(command: CallCommand): boolean {
    return this.lanes.size > 0 && this.lanes.has(keyOf(command));
  }

  add(call: PendingCall): void {
    const { organizationId } = call.command;
    const own = this.callsOf.get(organizationId) ?? 0;
    if (this.calls >= this.limits.calls || own >= this.limits.callsOfOneOrganization) return this.gate.refuse(call);
    this.calls += 1;
    this.callsOf.set(organizationId, own + 1);
    const key = keyOf(call.command);
    const lane = this.lanes.get(key);
    if (lane) lane.waiting.push(call);
    else this.lanes.set(key, { key, organizationId, waiting: [call], out: [] });
    if (this.running) return;
    this.running = true;
    // The other undecided calls of the batch are added in the same turn of the event loop.
    queueMicrotask(() => void this.run());
  }

  /** Takes the call out of its lane. */
  remove(call: PendingCall): void {
    const lane = this.lanes.get(keyOf(call.command));
    const index = lane?.waiting.indexOf(call) ?? -1;
    if (!lane || index < 0) return;
    lane.waiting.splice(index, 1);
    this.uncount(lane, 1);
    this.dropIfEmpty(lane);
  }

  /** Refuses the calls that have waited too long. */
  expire(): void {
    for (const lane of this.lanes.values()) {
      lane.waiting = this.inTime(lane, lane.waiting);
      this.dropIfEmpty(lane);
    }
  }

  private async run(): Promise<void> {
    while (this.lanes.size > 0) await this.turn();
    this.running = false;
  }

  private async turn(): Promise<void> {
    const lanes = [...this.lanes.values()];
    const share = Math.max(1, Math.floor(this.limits.batch / lanes.length));
    const together = Math.floor(this.limits.batch / share);
    for (let first = 0; first < lanes.length; first += together) {
      await this.askTogether(lanes.slice(first, first + together), share);
    }
    const [next] = this.lanes.values();
    if (!next) return;
    await this.ask([next], this.limits.batch, 'wait');
    if (!this.isThere(next)) return;
    this.lanes.delete(next.key);
    this.lanes.set(next.key, next);
  }

  /**
   * What cannot be passed over, such as a lock on the table or a key that another transaction is deciding with, fails the
   * whole statement. Then each lane is asked alone, so that it fails alone.
   */
  private async askTogether(lanes: Lane[], share: number): Promise<void> {
    if ((await this.ask(lanes, share, 'pass_locked')) || lanes.length === 1) return;
    for (const lane of lanes) await this.ask([lane], share, 'pass_locked');
  }

  /** False when the statement as a whole gave up on a lock. */
  private async ask(lanes: Lane[], most: number, mode: GateMode): Promise<boolean> {
    for (const lane of lanes) this.takeOut(lane, most);
    const batch = lanes.flatMap((lane) => lane.out);
    const { undecided, gaveUp } =
      batch.length === 0 ? { undecided: [], gaveUp: false } : await this.gate.decide(batch, mode);
    const remaining = new Set(undecided);
    for (const lane of lanes) this.takeIn(lane, remaining);
    return !gaveUp;
  }

  private takeOut(lane: Lane, most: number): void {
    while (lane.out.length < most && lane.waiting.length > 0) {
      lane.out.push(...this.inTime(lane, lane.waiting.splice(0, most - lane.out.length)));
    }
  }

  /** Undecided calls go back to the front of their lane. A lane whose calls were all decided is needed no more. */
  private takeIn(lane: Lane, remaining: ReadonlySet<PendingCall>): void {
    const back = lane.out.filter((call) => remaining.has(call));
    this.uncount(lane, lane.out.length - back.length);
    lane.waiting.unshift(...back);
    lane.out = [];
    if (back.length > 0 || !this.isThere(lane)) return;
    this.lanes.delete(lane.key);
    this.uncount(lane, lane.waiting.length);
    for (const call of lane.waiting) this.gate.giveBack(call);
  }

  /** False when the lane is gone; there may be a new one for the same row. */
  private isThere(lane: Lane): boolean {
    return this.lanes.get(lane.key) === lane;
  }

  private dropIfEmpty(lane: Lane): void {
    if (lane.waiting.length === 0 && lane.out.length === 0) this.lanes.delete(lane.key);
  }

  /** Those of the calls that may still leave; the others are refused. */
  private inTime(lane: Lane, calls: PendingCall[]): PendingCall[] {
    const nowMs = this.nowMs();
    const late = calls.filter((call) => isLate(call, nowMs));
    this.uncount(lane, late.length);
    for (const call of late) this.gate.refuse(call);
    return late.length === 0 ? calls : calls.filter((call) => !isLate(call, nowMs));
  }

  private uncount({ organizationId }: Lane, calls: number): void {
    this.calls -= calls;
    const left = (this.callsOf.get(organizationId) ?? 0) - calls;
    if (left > 0) this.callsOf.set(organizationId, left);
    else this.callsOf.delete(organizationId);
  }
}

/** Calls with the same key need the same rows. */
function keyOf({ organizationId, agentId, agentExternalId, assignmentId, from }: CallCommand): string {
  return `${organizationId} ${from ?? ''} ${agentId ?? (agentExternalId === null ? assignmentId : `=${agentExternalId}`)}`;
}
