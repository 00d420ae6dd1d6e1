const [LF, CR] = [10, 13];

/**
 * Makes a finder of the blank line that ends a head, be it of bare line feeds, and a body in chunks (RFC 9112 2.1, 7.1).
 * @returns takes the next piece and gives the place behind the end, or -1; after an end it begins anew
 */
export function headEndFinder(): (piece: Buffer) => number {
  let isLineFed = false;
  let isLineBlank = false;
  return (piece) => {
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at];
      if (byte === LF && (isLineFed || isLineBlank)) {
        isLineFed = isLineBlank = false;
        return at + 1;
      }
      isLineBlank = byte === CR && isLineFed;
      isLineFed = byte === LF;
    }
    return -1;
  };
}
