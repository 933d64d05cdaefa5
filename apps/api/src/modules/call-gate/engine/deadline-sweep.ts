const SWEEP_MS = 250;

/**
 * Looks for late calls from time to time, for nothing may leave while all connections hang. One timer for all calls, and
 * only while some wait: a timer for each would cost as much as its place in the queue.
 */
export class DeadlineSweep {
  private timer: NodeJS.Timeout | undefined;

  /** @param sweep refuses late calls, and answers whether any still wait */
  constructor(private readonly sweep: () => boolean) {}

  /** To be called whenever a call begins to wait. */
  start(): void {
    this.timer ??= setInterval(() => {
      if (this.sweep()) return;
      clearInterval(this.timer);
      this.timer = undefined;
    }, SWEEP_MS).unref();
  }
}
