import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { LONGEST_CALL_MS } from '../deadlines.ts';

/** By then every call has been cut, and has been told. */
const LONGEST_STOP_MS = LONGEST_CALL_MS + 3000;

/**
 * Watches a server that does not listen yet and gives the function that stops it: no new connections, calls in flight are
 * answered, connections that only wait are closed. Fastify alone would wait for a connection whose call ends meanwhile
 * until its keep-alive time is over, and for one that never said anything for ever.
 */
export function orderlyStop(server: FastifyInstance): () => Promise<void> {
  const http = server.server;
  const open = new Set<Socket>();
  http.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return async () => {
    http.keepAliveTimeout = 1;
    http.keepAliveTimeoutBuffer = 0;
    const late = setTimeout(() => {
      for (const socket of open) socket.destroy();
    }, LONGEST_STOP_MS);
    try {
      await server.close();
    } finally {
      clearTimeout(late);
    }
  };
}
