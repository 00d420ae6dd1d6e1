import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

/** What a load run saw. */
export type LoadResult = {
  /** Answers a second. */
  rate: number;
  /** Milliseconds from sending to the whole answer. */
  p50: number;
  p99: number;
  /** Processor time the server process spent per answer, in microseconds; 0 where the system does not tell. */
  cpu_us: number;
  answers: number;
};

/** One load: every connection sends its next request as soon as the answer to the last one is whole. */
export type Load = {
  port: number;
  /** Whole HTTP requests, used in turn. */
  requests: readonly Buffer[];
  connections: number;
  seconds: number;
  /** Process whose processor time is counted. */
  pid: number;
  /** Must be found in every answer; a run with another answer is no measurement. */
  expect: string;
};

/** Loads a server over keep-alive connections on loopback. Throws when an answer is not the expected one. */
export async function load({ port, requests, connections, seconds, pid, expect }: Load): Promise<LoadResult> {
  const latencies: number[] = [];
  let next = 0;
  const until = performance.now() + seconds * 1000;
  const cpuBefore = cpuMicros(pid);
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, () =>
      drive(port, () => requests[next++ % requests.length] as Buffer, until, expect, latencies),
    ),
  );
  const elapsed = (performance.now() - started) / 1000;
  const cpu = cpuMicros(pid) - cpuBefore;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  const answers = latencies.length;
  return { rate: answers / elapsed, p50: at(0.5), p99: at(0.99), cpu_us: cpu / answers, answers };
}

function drive(
  port: number,
  nextRequest: () => Buffer,
  until: number,
  expect: string,
  latencies: number[],
): Promise<void> {
  return new Promise((done, failed) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sent = 0;
    let pending: Buffer | undefined;
    const send = (): void => {
      sent = performance.now();
      socket.write(nextRequest());
    };
    socket.on('connect', send);
    socket.on('error', failed);
    socket.on('close', () => failed(new Error('the server closed a connection')));
    socket.on('data', (chunk) => {
      const received = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
      const whole = answerLength(received);
      if (whole === undefined || received.length < whole) {
        pending = received;
        return;
      }
      pending = undefined;
      const now = performance.now();
      latencies.push(now - sent);
      if (!received.includes(expect)) return failed(new Error(`unexpected answer: ${received.toString('utf8')}`));
      if (now < until) return send();
      socket.removeAllListeners('close').destroy();
      done();
    });
  });
}

/** Length of head and body of the first answer in a buffer; undefined while its head is not whole. */
function answerLength(received: Buffer): number | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const length = /content-length: (\d+)/i.exec(received.toString('latin1', 0, headEnd))?.[1];
  if (length === undefined) throw new Error('an answer without Content-Length');
  return headEnd + 4 + Number(length);
}

const CLOCK_TICK_US = 10_000;

/** Processor time a process has used, user and system, in microseconds; 0 where there is no /proc. */
function cpuMicros(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_US;
  } catch {
    return 0;
  }
}

/** A keep-alive POST of a form. */
export const postForm = (path: string, form: string): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded;charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(form)}\r\n\r\n${form}`,
  );

/** A keep-alive GET. */
export const get = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
