import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy to a database on a unix socket, which can be shut. */
export type DatabaseProxy = {
  /** URL of the database through the proxy. */
  target: string;
  /** `open` passes everything; `refused` cuts every connection and takes none; `silent` passes nothing more. */
  set(state: 'open' | 'refused' | 'silent'): Promise<void>;
  close(): Promise<void>;
};

/** Opens a proxy to the database of a target, by which a test can take it away from a server and give it back. */
export async function openProxy(target: string): Promise<DatabaseProxy> {
  const url = new URL(target);
  const path = `${url.searchParams.get('host')}/.s.PGSQL.${url.port || 5432}`;
  const sockets = new Set<Socket>();
  let state: 'open' | 'refused' | 'silent' = 'open';
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    const database = keep(connect(path));
    keep(client).once('close', () => database.destroy());
    database.once('close', () => client.destroy());
    client.on('data', (bytes) => state === 'open' && database.write(bytes));
    database.on('data', (bytes) => state === 'open' && client.write(bytes));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  url.searchParams.delete('host');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    target: url.href,
    async set(next) {
      state = next;
      if (next === 'silent') return;
      cut();
      if (next === 'refused') server.close();
      else if (!server.listening) await once(server.listen(Number(url.port), '127.0.0.1'), 'listening');
    },
    async close() {
      cut();
      server.close();
    },
  };
}
