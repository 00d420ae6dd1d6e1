/** The head of a request while its pieces come. */
export type UnfinishedHead = {
  /** Takes the next piece. */
  add(bytes: Buffer): void;
  /** Tells that no more comes. */
  end(): void;
};

const HEAD_END = /\n\r?\n/;

/** Whether bytes hold the end of a head, be it of bare line feeds. */
export const hasWholeHead = (bytes: Buffer): boolean => HEAD_END.test(bytes.toString('latin1'));

/**
 * Gathers the pieces of a head until it is whole, too long, too late, or its sender is at its end, and gives them once.
 * @param most bytes that are gathered, and a piece
 * @param patience milliseconds that the end is waited for
 */
export function gatherHead(most: number, patience: number, done: (bytes: Buffer) => void): UnfinishedHead {
  let chunks: Buffer[] | undefined = [];
  let size = 0;
  let tail = '';
  const end = (): void => {
    clearTimeout(timer);
    if (chunks !== undefined) done(Buffer.concat(chunks));
    chunks = undefined;
  };
  const timer = setTimeout(end, patience);
  return {
    add(bytes) {
      chunks?.push(bytes);
      size += bytes.length;
      tail = tail.slice(-3) + bytes.toString('latin1');
      if (size > most || HEAD_END.test(tail)) end();
    },
    end,
  };
}
