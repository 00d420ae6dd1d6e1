import { isUtf8 } from 'node:buffer';
import { platformError, type TopError } from '../../contract/errors.ts';

/** An error of node's parser or of what stands before it, as the event `clientError` brings it. */
export type ParserError = Error & {
  readonly code?: string;
  readonly reason?: string;
  /** The bytes that it was parsing, and how many of them it took. */
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
};

/** A request that node's parser refuses, as far as it can be made out. */
export type BrokenRequest = {
  readonly error: Pick<ParserError, 'code' | 'reason'>;
  readonly method: string | undefined;
  /** What stands between the verb and the version, blanks and all. */
  readonly target: string | undefined;
  /** The request from its first line on. */
  readonly bytes: Buffer;
  /** The same, each byte a character. */
  readonly text: string;
};

/** A verb and what follows on its line. No field of a head looks like it: there a colon follows the name. */
const LINE = /(?:^|\n)([^\s:]{1,64}) +((?:https?:\/\/[^\s/?#]*)?\/[^\r\n]*)/gi;
const VERSION = / HTTP\/\d(?:\.\d)?\s*$/i;
const MOST_TARGET = 64 * 1024;

/**
 * Makes out what a broken request wanted.
 * @param start how the connection's present request began, where its first bytes were taken before
 * @param bytes what the parser refused, earlier requests before it included
 */
export function readBroken(
  error: Pick<ParserError, 'code' | 'reason' | 'bytesParsed'>,
  start: string,
  bytes: Buffer,
): BrokenRequest {
  const text = bytes.toString('latin1');
  const place = error.bytesParsed ?? 0;
  const line = [...text.matchAll(LINE)].findLast(({ index }) => index <= place);
  const from = line === undefined ? 0 : line.index + (text[line.index] === '\n' ? 1 : 0);
  const [, method, rest] = line ?? LINE_ONCE.exec(start) ?? [];
  const target = rest?.replace(VERSION, '').slice(0, MOST_TARGET);
  const whole = line === undefined ? `${start}\n${text}` : text.slice(from);
  return { error, method, target, bytes: bytes.subarray(from), text: whole };
}

const LINE_ONCE = new RegExp(LINE.source, 'i');

/** The entry of the error table for a broken request to the gateway. */
export function platformFault({ error: { code, reason = '' }, method, target = '' }: BrokenRequest): TopError {
  switch (code) {
    case 'HPE_INVALID_METHOD':
      return wrongVerb(method);
    case 'HPE_HEADER_OVERFLOW':
      return platformError('request-too-large', {
        sub_msg: {
          zh: '请求行与请求头合计最多 64 KB；请用 POST，把参数放进请求体',
          en: 'request line and headers may have 64 KB together; send the parameters in the body of a POST',
        },
      });
    case 'NO_ROOM':
      return platformError('service-unavailable');
    case 'HPE_INVALID_EOF_STATE':
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return platformError('bad-request', {
        sub_msg: { zh: '请求没有收完整', en: 'the request did not arrive as a whole' },
      });
  }
  if (code === 'HPE_INVALID_URL' || /\s/.test(target)) return wrongTarget(target);
  return platformError('bad-request', {
    sub_msg: { zh: `不是合法的 HTTP 请求（${reason}）`, en: `this is no valid HTTP request (${reason})` },
  });
}

/** The refusal of a verb that the gateway does not take. */
export function wrongVerb(method: string | undefined): TopError {
  const verb = method?.slice(0, 32) ?? '';
  const capitals = /^(get|post)$/i.test(verb) ? verb.toUpperCase() : 'GET / POST';
  return platformError('http-action-not-allowed', {
    sub_msg: {
      zh: `收到的 HTTP 方法是 ${verb}；请用大写的 ${capitals}`,
      en: `the HTTP method received is ${verb}; send ${capitals}, in capitals`,
    },
  });
}

function wrongTarget(target: string): TopError {
  const place = target.search(/\s/);
  if (place !== -1) {
    const name = lastNameOf(target.slice(0, place));
    return platformError('invalid-encoding', {
      sub_msg: {
        zh: `地址里${name === undefined ? '' : `参数 ${name} 处`}有未编码的空格；请做百分号编码，空格写成 %20 或 +`,
        en: `the address holds a blank${name === undefined ? '' : ` in ${name}`}: percent-encode it, as %20 or +`,
      },
    });
  }
  return platformError('invalid-encoding', {
    sub_msg: isUtf8(Buffer.from(target, 'latin1'))
      ? {
          zh: '地址里有未编码的字符；请做百分号编码',
          en: 'the address holds characters that are not encoded: percent-encode them',
        }
      : {
          zh: '地址里有不是 UTF-8 的字节；请用 UTF-8 并做百分号编码',
          en: 'the address holds bytes that are not UTF-8: take UTF-8 and percent-encode it',
        },
  });
}

/** The parameter that a target ends in. */
function lastNameOf(target: string): string | undefined {
  const pair = target.slice(1 + Math.max(target.indexOf('?'), target.lastIndexOf('&')));
  return /^([^&=\s]{1,64})=/.exec(pair)?.[1];
}

/** Verbs that pages take, for the header Allow. */
const ALLOWED = 'GET, HEAD, POST';

/** The HTTP answer to a broken request for anything else, with the status that RFC 9110 has for it. */
export function pageFault({ error: { code, reason = '' }, target }: BrokenRequest): string {
  const [status, message] = statusOf(code, target, reason);
  const body = JSON.stringify({ error: 'bad_request', message });
  const allow = status.startsWith('501') ? `Allow: ${ALLOWED}\r\n` : '';
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${allow}Connection: close\r\n\r\n${body}`;
}

function statusOf(code: string | undefined, target: string | undefined, reason: string): [string, string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['408 Request Timeout', 'the request did not arrive in time'];
  if (code === 'NO_ROOM') return ['503 Service Unavailable', 'too many requests are unfinished; come again'];
  if (code === 'HPE_HEADER_OVERFLOW')
    return ['431 Request Header Fields Too Large', 'request line and headers may have 64 KB together'];
  if (code === 'HPE_PAUSED_H2_UPGRADE') return ['505 HTTP Version Not Supported', 'this server speaks HTTP/1.1'];
  if (code === 'HPE_INVALID_METHOD' && target !== undefined)
    return ['501 Not Implemented', `the methods are ${ALLOWED}, in capitals`];
  return ['400 Bad Request', reason === '' ? 'this is no HTTP request' : `this is no HTTP request: ${reason}`];
}
