import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';

/**
 * What became of a proof of identity at the console: `refused` while its account, address or device is locked,
 * `lock` where it began.
 */
const LOGIN_OUTCOMES = ['success', 'failure', 'lock', 'refused'] as const;

/** Name of such an outcome. */
export type LoginOutcome = (typeof LOGIN_OUTCOMES)[number];

/** Prometheus figures of the server. */
export type Metrics = {
  /** Counts one call and its duration in microseconds. Methods that are not ours count as `unknown`. */
  called(method: string | undefined, code: number, sub_code: string | undefined, duration_us: number): void;
  /** Counts one proof of identity at the console. */
  loggedIn(outcome: LoginOutcome): void;
  /** The page Prometheus reads, and its media type. */
  page(): Promise<{ text: string; type: string }>;
};

/** Upper bounds of the duration buckets. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Gauges that bear the ending of counters, which Prometheus' own check refuses; the same numbers come by type without it. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Calls of one method: how many of each outcome, and how long they took. */
type Series = { outcomes: Map<string, number>; buckets: number[]; count: number; seconds: number };

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
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  gauge(registry, 'piaoquan_call_log_waiting', 'Call records waiting to be written', () => callLog().waiting);
  gauge(registry, 'piaoquan_call_log_dropped', 'Call records dropped since the start because the log was full', () => {
    return callLog().dropped;
  });
  // Every call passes here, so these are plain numbers; they become metrics when the page is read.
  const series = new Map(known.map((method) => [method, newSeries()]));
  const unknown = newSeries();
  series.set('unknown', unknown);
  publish(
    registry,
    'piaoquan_calls_total',
    'Calls by method, code (0 = done, -1 = refused in the answer) and sub_code',
    'counter',
    () => [...series].flatMap(([method, own]) => countValues(method, own)),
  );
  publish(registry, 'piaoquan_call_duration_seconds', 'Time of a call on the request path', 'histogram', () =>
    [...series].flatMap(([method, own]) => durationValues(method, own)),
  );
  const logins = new Counter({
    name: 'piaoquan_console_logins_total',
    help: 'Logins to the console and proofs of a password in it, by outcome',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of LOGIN_OUTCOMES) logins.inc({ outcome }, 0);
  return {
    loggedIn: (outcome) => logins.inc({ outcome }),
    called(method, code, sub_code, duration_us) {
      const own = (method === undefined ? undefined : series.get(method)) ?? unknown;
      const outcome = code === 0 ? '0' : `${code} ${sub_code ?? ''}`;
      own.outcomes.set(outcome, (own.outcomes.get(outcome) ?? 0) + 1);
      const seconds = duration_us / 1e6;
      let bucket = 0;
      while (bucket < SECONDS.length && seconds > (SECONDS[bucket] as number)) bucket++;
      own.buckets[bucket] = (own.buckets[bucket] as number) + 1;
      own.count += 1;
      own.seconds += seconds;
    },
    page: async () => ({ text: await registry.metrics(), type: registry.contentType }),
  };
}

const newSeries = (): Series => ({
  outcomes: new Map([['0', 0]]),
  buckets: Array.from({ length: SECONDS.length + 1 }, () => 0),
  count: 0,
  seconds: 0,
});

function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}

type Value = MetricValue<string> & { metricName?: string };

/** Puts a metric on the page whose values are made when it is read. */
function publish(registry: Registry, name: string, help: string, type: 'counter' | 'histogram', values: () => Value[]) {
  const metric = {
    name,
    get: async () =>
      ({ name, help, type, aggregator: 'sum', values: values() }) as unknown as MetricObjectWithValues<Value>,
  };
  registry.registerMetric(metric as unknown as Parameters<Registry['registerMetric']>[0]);
}

function countValues(method: string, { outcomes }: Series): Value[] {
  return [...outcomes].map(([outcome, value]) => {
    const [code = '', sub_code = ''] = outcome.split(' ');
    return { value, labels: { method, code, sub_code } };
  });
}

function durationValues(method: string, { buckets, count, seconds }: Series): Value[] {
  let below = 0;
  const name = 'piaoquan_call_duration_seconds';
  const values: Value[] = buckets.map((own, index) => {
    below += own;
    return { value: below, labels: { method, le: SECONDS[index] ?? '+Inf' }, metricName: `${name}_bucket` };
  });
  values.push({ value: seconds, labels: { method }, metricName: `${name}_sum` });
  values.push({ value: count, labels: { method }, metricName: `${name}_count` });
  return values;
}
