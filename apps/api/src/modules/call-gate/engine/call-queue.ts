import { isLate, type PendingCall } from './pending-call.js';

type Line = PendingCall[];

/**
 * Waiting calls, a line for each organization. A batch takes from the lines in turn, and a full queue takes from the
 * longest, so that an organization with many calls waiting neither holds up one with few nor keeps it out.
 */
export class CallQueue {
  private readonly lines = new Map<string, Line>();
  /** Parts of batches that failed. They leave as they are, so that the call at fault ends up alone. */
  private readonly parts: PendingCall[][] = [];
  private waiting = 0;

  constructor(
    private readonly capacity: number,
    /** Told of a call that has to go: another took its place (`queue_full`), or it waited too long (`database`). */
    private readonly refuse: (call: PendingCall, cause: 'queue_full' | 'database') => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.waiting;
  }

  /**
   * Whether there is room for so many more calls of the organization. A full queue makes room: while another line would
   * still be longer than the organization's own, the newest call of the longest goes. All or nothing: when that would not
   * be enough, no call goes.
   */
  makeRoom(organizationId: string, calls: number): boolean {
    let missing = this.waiting + calls - this.capacity;
    if (missing <= 0) return true;
    const length = (this.lines.get(organizationId)?.length ?? 0) + calls;
    const longer = [...this.lines.values()].filter((line) => line.length > length);
    if (longer.reduce((sum, line) => sum + line.length - length, 0) < missing) return false;
    for (; missing > 0; missing -= 1) {
      const longest = longer.reduce((one, other) => (other.length > one.length ? other : one));
      this.waiting -= 1;
      this.refuse(longest.pop()!, 'queue_full');
    }
    return true;
  }

  /** Takes the call in, room or not: `makeRoom` is asked at the door. */
  add(call: PendingCall): void {
    const line = this.lines.get(call.command.organizationId);
    if (line) line.push(call);
    else this.lines.set(call.command.organizationId, [call]);
    this.waiting += 1;
  }

  /** Puts the parts of a failed batch back, each to leave as a batch of its own, before everything else. */
  putBack(...parts: PendingCall[][]): void {
    for (const part of parts) {
      this.parts.push(part);
      this.waiting += part.length;
    }
  }

  /** Takes up to `most` calls: the same share of every line, the rest in turn; a line that was served goes last. */
  take(most: number): PendingCall[] {
    const nowMs = this.nowMs();
    for (let part = this.parts.shift(); part; part = this.parts.shift()) {
      this.waiting -= part.length;
      const inTime = this.inTime(part, nowMs);
      if (inTime.length > 0) return inTime;
    }
    const batch: PendingCall[] = [];
    while (batch.length < most && this.waiting > 0) {
      const share = Math.max(1, Math.floor((most - batch.length) / this.lines.size));
      for (const [organizationId, line] of [...this.lines]) {
        const taken = line.splice(0, Math.min(share, most - batch.length));
        this.waiting -= taken.length;
        for (const call of this.inTime(taken, nowMs)) batch.push(call);
        this.lines.delete(organizationId);
        if (line.length > 0) this.lines.set(organizationId, line);
        if (batch.length === most) break;
      }
    }
    return batch;
  }

  /** Refuses the calls that have waited too long. */
  expire(): void {
    const nowMs = this.nowMs();
    for (const [index, part] of this.parts.entries()) this.parts[index] = this.inTime(part, nowMs);
    for (const [organizationId, line] of this.lines) {
      const inTime = this.inTime(line, nowMs);
      if (inTime.length > 0) this.lines.set(organizationId, inTime);
      else this.lines.delete(organizationId);
    }
    const sizes = [...this.parts, ...this.lines.values()].map(({ length }) => length);
    this.waiting = sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Those of the calls that may still leave; the others are refused. */
  private inTime(calls: PendingCall[], nowMs: number): PendingCall[] {
    if (!calls.some((call) => isLate(call, nowMs))) return calls;
    for (const call of calls) if (isLate(call, nowMs)) this.refuse(call, 'database');
    return calls.filter((call) => !isLate(call, nowMs));
  }
}
