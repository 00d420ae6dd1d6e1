import { registerHooks } from 'node:module';

/**
 * The driver, with faults of postgres 3.4.9 mended as it is loaded (its issues 1154 and 1208 tell of some). When a
 * connection is lost,
 * 1. a short write that waits for the turn of the event loop to end is held for still under way: connected again, the
 *    connection never sends anything;
 * 2. a statement that comes between the socket's error and its end is never answered;
 * 3. what a transaction does next, its rollback too, is written to no socket, and that error ends the whole process;
 * 4. the statement that was under way stays with the connection: a pool that ends waits for it for ever, and the refusal
 *    of a server that is starting up is taken for its answer instead of that to the next statement.
 *
 * When the server refuses a COPY whose last line is sent, as it does where that line breaks a constraint,
 * 5. nobody is told, and whoever waits for its end waits for ever.
 */
const MENDS: readonly (readonly [found: string, mended: string])[] = [
  [
    '    incomings = null\n    clearImmediate(nextWriteTimer)\n',
    '    incomings = null\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n',
  ],
  ['    !hadError && (query || sent.length) && error(', '    ;(query || sent.length) && error('],
  [
    '    closedTime = performance.now()\n',
    `    query = results = errorResponse = null
    result = new Result()
    ended && (ended(), ending = ended = null)
    closedTime = performance.now()\n`,
  ],
  [
    '    if (stream)\n      return queryError(',
    `    if (socket === null) {
      queryError(q, Errors.connection('CONNECTION_CLOSED', options))
      return true
    }

    if (stream)\n      return queryError(`,
  ],
  [
    '    stream && (stream.destroy(err), stream = null)\n    query &&',
    `    final && (final(err), final = null)
    stream && (stream.destroy(err), stream = null)
    query &&`,
  ],
  ['    const x = socket.write(chunk, fn)\n', '    const x = socket !== null && socket.write(chunk, fn)\n'],
];

function mend(source: string): string {
  return MENDS.reduce((text, [found, mended]) => {
    // Another version of the driver: see whether it needs this still.
    if (text.split(found).length !== 2) throw new Error(`the driver is not the one that is known: no single ${found}`);
    return text.replace(found, () => mended);
  }, source);
}

const hooks = registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith('/node_modules/postgres/src/connection.js')) return loaded;
    return { ...loaded, source: mend(String(Buffer.from(loaded.source as Uint8Array))) };
  },
});
const driver = await import('postgres');
hooks.deregister();

/** Opens a pool of connections; see the driver's own documentation. */
export const postgres = driver.default;
