import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric of the process, answered at /metrics. Modules register their own here. */
export const metricsRegistry = new Registry();

collectDefaultMetrics({ register: metricsRegistry });

const httpRequestDuration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time from the first byte of a request to the last of its answer, by route pattern.',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers: [metricsRegistry],
});

const openConnections = new Gauge({
  name: 'http_connections_open',
  help: 'Connections of clients and proxies.',
  registers: [metricsRegistry],
});

const refusedConnections = new Counter({
  name: 'http_connections_refused_total',
  help: 'Connections refused: all (MAX_CONNECTIONS are open), client (one address has its share).',
  labelNames: ['bound'] as const,
  registers: [metricsRegistry],
});

export const connectionMetrics = {
  opened: () => openConnections.inc(),
  closed: () => openConnections.dec(),
  refused: (bound: 'all' | 'client') => refusedConnections.inc({ bound }),
};

type StatusObserver = ReturnType<typeof httpRequestDuration.labels>;

/**
 * Measures one route. The labels of each status are resolved once and not at every request, which counts on the routes
 * that answer many thousands of times a second.
 */
export function routeTimer(method: string, route: string): (status: number, elapsedMs: number) => void {
  const observers = new Map<number, StatusObserver>();
  return (status, elapsedMs) => {
    let observer = observers.get(status);
    if (observer === undefined) {
      observer = httpRequestDuration.labels(method, route, String(status));
      observers.set(status, observer);
    }
    observer.observe(elapsedMs / 1_000);
  };
}
