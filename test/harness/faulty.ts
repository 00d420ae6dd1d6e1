import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * What goes wrong with an exchange: the connection ends before the request gets through; the request is carried out and
 * its answer breaks off in the middle; no answer ever comes; a proxy answers with a page of its own.
 */
export type Fault = 'refused' | 'cut' | 'silent' | 'page';

/** A way to a server on which exchanges fail as told. */
export type FaultyWay = {
  url: string;
  /** What befalls the next exchanges, in order; later ones get through. */
  faults: Fault[];
  /** Path with query and body of every exchange that came so far. */
  seen: { path: string; body: string }[];
  close(): Promise<void>;
};

/** Opens a way to a server. */
export async function openFaultyWay(to: string): Promise<FaultyWay> {
  const way: FaultyWay = { url: '', faults: [], seen: [], close };
  const server = createServer((request, response) => void pass(to, way, request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  way.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return way;

  async function close() {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

async function pass(to: string, way: FaultyWay, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const path = request.url ?? '';
  way.seen.push({ path, body: body.toString() });
  const fault = way.faults.shift();
  if (fault === 'refused') return void response.destroy();
  if (fault === 'silent') return;
  if (fault === 'page')
    return void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
  const headers = { 'content-type': String(request.headers['content-type']) };
  const answer = Buffer.from(await (await fetch(to + path, { method: 'POST', headers, body })).arrayBuffer());
  response.writeHead(200, { 'content-type': 'application/json;charset=utf-8', 'content-length': answer.length });
  if (fault !== 'cut') return void response.end(answer);
  response.write(answer.subarray(0, answer.length / 2), () => response.destroy());
}
