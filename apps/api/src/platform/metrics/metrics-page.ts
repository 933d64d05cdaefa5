import { setTimeout as delay } from 'node:timers/promises';
import type { Registry } from 'prom-client';

/** Collecting takes the event loop from the calls that wait. */
const COLLECT_EVERY_MS = 1_000;

/**
 * The metrics as Prometheus reads them, collected once a second at most, however many ask. No answer has figures that are
 * older than the question: who comes too early waits for the next collection, and shares it.
 */
export class MetricsPage {
  private next: Promise<string> | null = null;
  private collectedAtMs = -Infinity;

  constructor(private readonly registry: Pick<Registry, 'metrics'>) {}

  text(): Promise<string> {
    return (this.next ??= this.collect());
  }

  private async collect(): Promise<string> {
    const dueMs = this.collectedAtMs + COLLECT_EVERY_MS - performance.now();
    // Also waits when it is due, so that it is remembered before it is forgotten.
    await delay(Math.max(dueMs, 0), undefined, { ref: false });
    this.next = null;
    this.collectedAtMs = performance.now();
    return this.registry.metrics();
  }
}
