import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Redis of the benchmark's own, or undefined where the machine has none. */
export type RedisServer = { version: string; socket: string; stop(): Promise<void> };

/** Starts redis-server with every write on disk before its answer (appendfsync always), on a socket in a folder. */
export async function startRedis(folder: string): Promise<RedisServer | undefined> {
  const version = /v=([\d.]+)/.exec(spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
  if (version === undefined) return undefined;
  const socket = join(folder, 'redis.sock');
  const settings = [
    '--port 0',
    `--unixsocket ${socket}`,
    `--dir ${folder}`,
    '--appendonly yes',
    '--appendfsync always',
  ];
  // Rewriting the file in the middle of a run would be held against Redis.
  const quiet = ['--save', '', '--auto-aof-rewrite-percentage', '0', '--daemonize', 'no'];
  const child = spawn('redis-server', [...settings.flatMap((each) => each.split(' ')), ...quiet], { stdio: 'ignore' });
  for (let tries = 0; ; tries++) {
    const redis = await openRedis(socket).catch(() => undefined);
    if (redis !== undefined) {
      redis.close();
      break;
    }
    if (tries === 100 || child.exitCode !== null) throw new Error('redis-server did not start');
    await sleep(50);
  }
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true });
  };
  return { version, socket, stop };
}

/** A connection that pipelines: commands of one turn of the event loop go out in one write. */
export type Redis = { command(...words: string[]): Promise<string | number | null>; close(): void };

type Waiter = { resolve(value: string | number | null): void; reject(error: Error): void };

/** Connects to a Redis socket; knows the simple replies only (RESP 2: status, error, number, text, nil). */
export async function openRedis(path: string): Promise<Redis> {
  const socket: Socket = connect({ path });
  await once(socket, 'connect');
  const waiting: Waiter[] = [];
  let head = 0;
  let outgoing = '';
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    let at = 0;
    for (let reply = readReply(pending, at); reply !== undefined; reply = readReply(pending, at)) {
      at = reply.end;
      const waiter = waiting[head++] as Waiter;
      if (reply.value instanceof Error) waiter.reject(reply.value);
      else waiter.resolve(reply.value);
    }
    pending = pending.subarray(at);
    if (head > 10_000) {
      waiting.splice(0, head);
      head = 0;
    }
  });
  const flush = (): void => {
    socket.write(outgoing);
    outgoing = '';
  };
  return {
    command: (...words) =>
      new Promise((resolve, reject) => {
        if (outgoing === '') setImmediate(flush);
        outgoing += `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
        waiting.push({ resolve, reject });
      }),
    close: () => socket.destroy(),
  };
}

function readReply(buffer: Buffer, at: number): { value: string | number | null | Error; end: number } | undefined {
  const lineEnd = buffer.indexOf('\r\n', at);
  if (lineEnd === -1) return undefined;
  const line = buffer.toString('utf8', at + 1, lineEnd);
  const end = lineEnd + 2;
  switch (buffer[at]) {
    case 0x2b: // +
      return { value: line, end };
    case 0x2d: // -
      return { value: new Error(line), end };
    case 0x3a: // :
      return { value: Number(line), end };
    default: {
      const length = Number(line);
      if (length === -1) return { value: null, end };
      if (buffer.length < end + length + 2) return undefined;
      return { value: buffer.toString('utf8', end, end + length), end: end + length + 2 };
    }
  }
}
