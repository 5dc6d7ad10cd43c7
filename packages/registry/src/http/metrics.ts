import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What is measured, in the form of Prometheus. */
export interface RegistryMetrics {
  readonly registry: Registry;
  /** Seconds that requests for an index took, by their status; the name and the buckets are the official server's. */
  readonly indexSeconds: Histogram<'status'>;
  readonly requests: Counter<'method' | 'route' | 'status'>;
  readonly stacks: Gauge;
  readonly sourceFailures: Counter<'source'>;
}

export function makeMetrics(): RegistryMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    indexSeconds: new Histogram({
      name: 'index_http_request_duration_seconds',
      help: 'Latency of index request in seconds.',
      labelNames: ['status'],
      buckets: [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5],
      registers,
    }),
    requests: new Counter({
      name: 'registry_http_requests_total',
      help: 'Requests that were answered, by their route.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    stacks: new Gauge({ name: 'registry_stacks', help: 'Stacks and samples that are served.', registers }),
    sourceFailures: new Counter({
      name: 'registry_source_failures_total',
      help: 'Times that a source of stacks could not be read.',
      labelNames: ['source'],
      registers,
    }),
  };
}
