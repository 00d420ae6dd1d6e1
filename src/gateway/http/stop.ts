import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** No call takes longer: the database cancels its statements before. */
const LONGEST_CALL_MS = 15_000;

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
    }, LONGEST_CALL_MS);
    try {
      await server.close();
    } finally {
      clearTimeout(late);
    }
  };
}
