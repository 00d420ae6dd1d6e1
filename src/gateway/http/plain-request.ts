/** What the gateway's own route reads of a request's head; node's IncomingMessage is one too. */
export type RequestHead = {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket: Peer;
};

/** The other end of a connection. */
export type Peer = { readonly remoteAddress?: string | undefined };

/** A request that came in one piece and in the plainest form; its body is undefined when none was announced. */
export type PlainRequest = { readonly head: RequestHead; readonly body: Buffer | undefined };

/**
 * The head of a plain request (RFC 9112 3, 5): one blank where one must be and no folded line, no bare CR or LF, no byte
 * beyond ASCII. Whatever else HTTP allows is node's to judge.
 */
const HEAD = /^(GET|POST) (\/router\/[\x21-\x7e]+) HTTP\/1\.1\r\n((?:[A-Za-z0-9-]+:[\t\x20-\x7e]*\r\n)+)\r\n/;

/** Headers that are read here. A request that has one of them twice is not plain. */
const READ = new Set([
  'host',
  'content-type',
  'content-length',
  'accept-encoding',
  'connection',
  'top-api-separator',
  'x-forwarded-for',
  'x-forwarded-host',
]);
/** Headers that change how a request is read or answered. */
const NOT_PLAIN = new Set(['transfer-encoding', 'content-encoding', 'expect', 'upgrade']);

const LENGTH = /^\d{1,9}$/;

/**
 * Reads a call out of the bytes that a connection brought at once. Undefined when they are anything but one whole plain
 * request to `/router/…` on a connection that is to stay: what they mean is then for a full HTTP parser to say.
 */
export function readPlainRequest(bytes: Buffer, socket: Peer): PlainRequest | undefined {
  const found = HEAD.exec(bytes.toString('latin1'));
  if (found === null) return undefined;
  const [text, method, url, lines] = found as unknown as [string, string, string, string];
  const headers = readHeaders(lines);
  if (headers?.host === undefined || (headers.connection ?? 'keep-alive').toLowerCase() !== 'keep-alive')
    return undefined;
  const length = headers['content-length'];
  if (length !== undefined && !LENGTH.test(length)) return undefined;
  if (bytes.length !== text.length + Number(length ?? 0)) return undefined;
  const body = length === undefined ? undefined : bytes.subarray(text.length);
  return { head: { method, url, headers, socket }, body };
}

function readHeaders(lines: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (let at = 0; at < lines.length; ) {
    const colon = lines.indexOf(':', at);
    const end = lines.indexOf('\r\n', colon);
    const name = lines.slice(at, colon).toLowerCase();
    if (NOT_PLAIN.has(name)) return undefined;
    if (READ.has(name)) {
      if (headers[name] !== undefined) return undefined;
      headers[name] = lines.slice(colon + 1, end).trim();
    }
    at = end + 2;
  }
  return headers;
}

/**
 * Bytes with what stands beyond ASCII in their first line escaped, which RFC 3986 wants of a target and many clients leave
 * out: UTF-8 is read as such, as nginx reads it. The same buffer when there is nothing to escape.
 */
export function escapeLine(bytes: Buffer): Buffer {
  const lineFeed = bytes.indexOf('\n');
  const length = lineFeed === -1 ? bytes.length : lineFeed;
  const line = bytes.toString('latin1', 0, length);
  if (!RAW.test(line)) return bytes;
  const escaped = line.replace(/[\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return Buffer.concat([Buffer.from(escaped, 'latin1'), bytes.subarray(length)]);
}

const RAW = /[\x80-\xff]/;
