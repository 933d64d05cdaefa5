import type { ProblemError } from '../../platform/http/problem.error.js';
import type { CallCommand, CallDecision } from './call-decision.js';

/** A call that waits for its decision. Whom it tells must not throw: the others of the batch come after it. */
export interface PendingCall {
  command: CallCommand;
  resolve: (decision: CallDecision) => void;
  reject: (problem: ProblemError) => void;
}

/**
 * Waiting calls, a line for each organization. A batch takes from the lines in turn, so that an organization with many
 * calls waiting does not hold up one with few.
 */
export class CallQueue {
  private readonly lines = new Map<string, PendingCall[]>();
  /** Parts of batches that failed. They leave as they are, so that the call at fault ends up alone. */
  private readonly parts: PendingCall[][] = [];
  private waiting = 0;

  get size(): number {
    return this.waiting;
  }

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
    const part = this.parts.shift();
    if (part) {
      this.waiting -= part.length;
      return part;
    }
    const batch: PendingCall[] = [];
    while (batch.length < most && this.waiting > 0) {
      const share = Math.max(1, Math.floor((most - batch.length) / this.lines.size));
      for (const [organizationId, line] of [...this.lines]) {
        const taken = line.splice(0, Math.min(share, most - batch.length));
        for (const call of taken) batch.push(call);
        this.waiting -= taken.length;
        this.lines.delete(organizationId);
        if (line.length > 0) this.lines.set(organizationId, line);
        if (batch.length === most) break;
      }
    }
    return batch;
  }
}
