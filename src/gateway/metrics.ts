import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Prometheus figures of the server. */
export type Metrics = {
  /** Counts one call and its duration in microseconds. Methods that are not ours count as `unknown`. */
  called(method: string | undefined, code: number, sub_code: string | undefined, duration_us: number): void;
  /** The page Prometheus reads, and its media type. */
  page(): Promise<{ text: string; type: string }>;
};

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Opens the figures of one server.
 * @param known names of the methods that get a series of their own, so that strangers cannot make series at will
 * @param callLog figures of the call log, read when the page is
 */
export function openMetrics(
  known: readonly string[],
  callLog: () => { readonly waiting: number; readonly dropped: number },
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: 'piaoquan_calls_total',
    help: 'Calls by method, code (0 = answered) and sub_code',
    labelNames: ['method', 'code', 'sub_code'] as const,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'piaoquan_call_duration_seconds',
    help: 'Time of a call on the request path',
    labelNames: ['method'] as const,
    buckets: SECONDS,
    registers: [registry],
  });
  new Gauge({
    name: 'piaoquan_call_log_waiting',
    help: 'Call records waiting to be written',
    registers: [registry],
    collect() {
      this.set(callLog().waiting);
    },
  });
  new Gauge({
    name: 'piaoquan_call_log_dropped',
    help: 'Call records dropped since the start because the log was full',
    registers: [registry],
    collect() {
      this.set(callLog().dropped);
    },
  });
  const series = new Map(
    [...known, 'unknown'].map((method) => [
      method,
      { answered: calls.labels(method, '0', ''), seconds: seconds.labels(method) },
    ]),
  );
  return {
    called(method, code, sub_code, duration_us) {
      const name = method !== undefined && series.has(method) ? method : 'unknown';
      const own = series.get(name) as NonNullable<ReturnType<typeof series.get>>;
      own.seconds.observe(duration_us / 1e6);
      if (code === 0) own.answered.inc();
      else calls.labels(name, String(code), sub_code ?? '').inc();
    },
    page: async () => ({ text: await registry.metrics(), type: registry.contentType }),
  };
}
