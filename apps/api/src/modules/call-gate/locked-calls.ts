import type { CallCommand } from './call-decision.js';
import type { PendingCall } from './call-queue.js';

/** Calls that have waited longer than this are told to ask again. */
const MAX_WAIT_MS = 2_000;

interface LockedCall {
  call: PendingCall;
  sinceMs: number;
}

/**
 * Calls whose assignment somebody holds for long: a line for each caller, which waits on a connection of its own, so
 * that one locked row holds up only the calls that need it. What arrives for such a caller meanwhile joins its line.
 */
export class LockedCalls {
  private readonly lines = new Map<string, LockedCall[]>();
  private waiting = 0;
  private running = false;

  constructor(
    /** Decides the calls of one line; it never rejects. */
    private readonly decide: (batch: PendingCall[]) => Promise<void>,
    private readonly expire: (call: PendingCall) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.waiting;
  }

  has(command: CallCommand): boolean {
    return this.lines.size > 0 && this.lines.has(lineOf(command));
  }

  add(call: PendingCall): void {
    const key = lineOf(call.command);
    const line = this.lines.get(key);
    const entry = { call, sinceMs: this.nowMs() };
    if (line) line.push(entry);
    else this.lines.set(key, [entry]);
    this.waiting += 1;
    if (!this.running) void this.run();
  }

  /** One line after the other, each with all that waits in it; a line is there until it is empty. */
  private async run(): Promise<void> {
    this.running = true;
    for (let next = this.lines.entries().next(); !next.done; next = this.lines.entries().next()) {
      const [key, line] = next.value;
      const calls = line.splice(0);
      this.waiting -= calls.length;
      const isLate = (entry: LockedCall) => this.nowMs() - entry.sinceMs > MAX_WAIT_MS;
      for (const entry of calls.filter(isLate)) this.expire(entry.call);
      const batch = calls.filter((entry) => !isLate(entry)).map((entry) => entry.call);
      if (batch.length > 0) await this.decide(batch);
      this.lines.delete(key);
      if (line.length > 0) this.lines.set(key, line);
    }
    this.running = false;
  }
}

function lineOf({ organizationId, agentId, assignmentId }: CallCommand): string {
  return `${organizationId} ${agentId ?? assignmentId}`;
}
