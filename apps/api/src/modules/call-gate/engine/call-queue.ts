import { isLate, type PendingCall } from './pending-call.js';

type Lane = PendingCall[];

/**
 * Waiting calls, a lane for each organization. A batch takes from the lanes in turn, and a full queue drops from the
 * longest, so that an organization with many calls waiting neither holds up one with few nor keeps it out.
 */
export class CallQueue {
  private readonly lanes = new Map<string, Lane>();
  /** Parts of batches that failed. They leave as they are, so that the call at fault ends up alone. */
  private readonly parts: PendingCall[][] = [];
  private waiting = 0;

  constructor(
    private readonly capacity: number,
    /** Takes a call that has to go: another took its room (`queue_full`), or it waited too long (`database`). */
    private readonly refuse: (call: PendingCall, cause: 'queue_full' | 'database') => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.waiting;
  }

  /**
   * Whether there is room for so many more calls of the organization. A full queue makes room: while another lane would
   * still be longer than the organization's own, the newest call of the longest goes. All or nothing: when that would not
   * be enough, no call goes.
   */
  makeRoom(organizationId: string, calls: number): boolean {
    let missing = this.waiting + calls - this.capacity;
    if (missing <= 0) return true;
    const length = (this.lanes.get(organizationId)?.length ?? 0) + calls;
    const longer = [...this.lanes.values()].filter((lane) => lane.length > length);
    if (longer.reduce((sum, lane) => sum + lane.length - length, 0) < missing) return false;
    for (; missing > 0; missing -= 1) {
      const longest = longer.reduce((one, other) => (other.length > one.length ? other : one));
      this.waiting -= 1;
      this.refuse(longest.pop()!, 'queue_full');
    }
    return true;
  }

  /** Takes the call in, room or not: `makeRoom` is asked before. */
  add(call: PendingCall): void {
    const lane = this.lanes.get(call.command.organizationId);
    if (lane) lane.push(call);
    else this.lanes.set(call.command.organizationId, [call]);
    this.waiting += 1;
  }

  /** Puts the parts of a failed batch back, each to leave as a batch of its own, before everything else. */
  putBack(...parts: PendingCall[][]): void {
    for (const part of parts) {
      this.parts.push(part);
      this.waiting += part.length;
    }
  }

  /** Takes the call out, wherever it waits. */
  remove(call: PendingCall): void {
    const { organizationId } = call.command;
    const lane = this.lanes.get(organizationId) ?? [];
    const calls = [lane, ...this.parts].find((waiting) => waiting.includes(call));
    if (calls === undefined) return;
    calls.splice(calls.indexOf(call), 1);
    this.waiting -= 1;
    if (lane.length === 0) this.lanes.delete(organizationId);
  }

  /** Takes up to `most` calls: the same share of every lane, the rest in turn; a lane that was served goes last. */
  take(most: number): PendingCall[] {
    const nowMs = this.nowMs();
    for (let part = this.parts.shift(); part; part = this.parts.shift()) {
      this.waiting -= part.length;
      const inTime = this.inTime(part, nowMs);
      if (inTime.length > 0) return inTime;
    }
    const batch: PendingCall[] = [];
    while (batch.length < most && this.waiting > 0) {
      const share = Math.max(1, Math.floor((most - batch.length) / this.lanes.size));
      for (const [organizationId, lane] of [...this.lanes]) {
        const taken = lane.splice(0, Math.min(share, most - batch.length));
        this.waiting -= taken.length;
        for (const call of this.inTime(taken, nowMs)) batch.push(call);
        this.lanes.delete(organizationId);
        if (lane.length > 0) this.lanes.set(organizationId, lane);
        if (batch.length === most) break;
      }
    }
    return batch;
  }

  /** Refuses the calls that have waited too long. */
  expire(): void {
    const nowMs = this.nowMs();
    for (const [index, part] of this.parts.entries()) this.parts[index] = this.inTime(part, nowMs);
    for (const [organizationId, lane] of this.lanes) {
      const inTime = this.inTime(lane, nowMs);
      if (inTime.length > 0) this.lanes.set(organizationId, inTime);
      else this.lanes.delete(organizationId);
    }
    const sizes = [...this.parts, ...this.lanes.values()].map(({ length }) => length);
    this.waiting = sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Those of the calls that may still leave; the others are refused. */
  private inTime(calls: PendingCall[], nowMs: number): PendingCall[] {
    if (!calls.some((call) => isLate(call, nowMs))) return calls;
    for (const call of calls) if (isLate(call, nowMs)) this.refuse(call, 'database');
    return calls.filter((call) => !isLate(call, nowMs));
  }
}
