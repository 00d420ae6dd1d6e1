/** An answer's end that its request_id stands in, closing tags and braces included, in UTF-16 units. */
const TAIL = 160;
/** A short text leaves in one piece with the head of the HTTP answer. */
const FROM_CHARACTERS = 1024;
/** Longer heads are not kept. */
const MOST_KEPT = 256 * 1024;

let keptHead = '';
let keptBytes: Buffer = Buffer.alloc(0);

/**
 * The body of an answer as it is best sent. Callers whom one read served get texts that differ in the request_id at their
 * end alone: what stands before it is encoded once, since encoding Chinese text costs more than all the rest of sending.
 */
export function encodeAnswer(text: string): string | Buffer {
  if (text.length < FROM_CHARACTERS) return text;
  const cut = text.length - TAIL;
  // Between the two halves of a character there is no cutting.
  if (text.length > MOST_KEPT || (text.charCodeAt(cut) & 0xfc00) === 0xdc00) return Buffer.from(text);
  const head = text.slice(0, cut);
  if (head !== keptHead) {
    keptHead = head;
    keptBytes = Buffer.from(head);
  }
  const tail = text.slice(cut);
  const bytes = Buffer.allocUnsafe(keptBytes.length + Buffer.byteLength(tail));
  keptBytes.copy(bytes);
  bytes.write(tail, keptBytes.length);
  return bytes;
}
