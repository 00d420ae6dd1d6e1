import type { Label } from '../../contract/schema.ts';
import {
  baseText,
  type Digests,
  isSignMethod,
  type Parameters,
  type SignMethod,
  withoutEmpties,
} from '../base-text.ts';
import { type SignedCall, usualMistakes } from './mistakes.ts';

/** One thing that is wrong with a signature, or one to check when no usual mistake explains it. */
export type Finding = { readonly id: string; readonly words: Label };

/** What a signature should be, and what is most probably wrong with the one received. */
export type Diagnosis = {
  /** The text that the signature must cover, raw body included. */
  readonly base_text: string;
  /** The right signature by each digest, in capitals. */
  readonly expected: Readonly<Record<SignMethod, string>>;
  /** Empty when the server would take the signature. */
  readonly findings: readonly Finding[];
};

/** What is looked into: a call as received, and what is needed to sign it. */
export type Examined = {
  readonly parameters: Parameters;
  /** Raw text of a body that is not a form. */
  readonly body?: string;
  readonly secret: string;
  readonly digests: Digests;
  /** Most characters that are digested; enough for every mistake in a call of usual size unless given. */
  readonly most?: number;
};

const METHODS: readonly SignMethod[] = ['hmac-sha256', 'md5', 'hmac'];
/** Most characters digested for one diagnosis, so that a large body costs no more than a fraction of a second. */
const MOST_DIGESTED = 8_000_000;

/**
 * Finds out why a signature is refused: tries the usual mistakes of signers until one gives the signature received, each
 * together with a wrong digest and a wrong spelling of the digits. Pure and without Node, so that a browser can do it with
 * digests of its own; nothing in the answer holds the secret.
 */
export function diagnoseSignature({
  parameters,
  body = '',
  secret,
  digests,
  most = MOST_DIGESTED,
}: Examined): Diagnosis {
  const base_text = baseText(parameters) + body;
  const signAll = (key: string, text: string): Record<SignMethod, string> => ({
    md5: digests.md5(key, text).toUpperCase(),
    hmac: digests.hmac(key, text).toUpperCase(),
    'hmac-sha256': digests['hmac-sha256'](key, text).toUpperCase(),
  });
  const expected = signAll(secret, base_text);
  const stated = parameters.get('sign_method') ?? '';
  const received = parameters.get('sign') ?? '';
  if (received === '') return { base_text, expected, findings: [SIGN_MISSING] };
  const right = expected[isSignMethod(stated) ? stated : 'hmac-sha256'];
  const findings = findMistakes({ parameters, body, secret, right }, received, signAll, most);
  return { base_text, expected, findings };
}

type SignAll = (key: string, text: string) => Record<SignMethod, string>;

function findMistakes(call: SignedCall, received: string, signAll: SignAll, most: number): Finding[] {
  const stated = call.parameters.get('sign_method') ?? '';
  let left = most;
  for (const { finding, text, secret } of candidates(call)) {
    left -= text.length;
    if (left < 0) break;
    const signs = signAll(secret, text);
    const used = METHODS.find((method) => sameDigits(received, signs[method]));
    if (used === undefined) continue;
    const more = [used === stated ? undefined : methodFinding(used, stated), spellingFinding(received)];
    return [finding, ...more].filter((each) => each !== undefined);
  }
  return unexplained(call, received);
}

type Candidate = { finding: Finding | undefined; text: string; secret: string };

function* candidates(call: SignedCall): Generator<Candidate> {
  const { parameters, body, secret } = call;
  const base = baseText(parameters) + body;
  const trimmed = baseText(withoutEmpties(parameters)) + body;
  // Servers take a signature over all parameters and one without the empty ones (TOP protocol 4.5).
  const tried = new Set([`${secret}\n${base}`, `${secret}\n${trimmed}`]);
  yield { finding: undefined, text: base, secret };
  if (trimmed !== base) yield { finding: undefined, text: trimmed, secret };
  for (const { id, words, ...signed } of usualMistakes(call)) {
    const key = `${signed.secret}\n${signed.text}`;
    // Most mistakes change nothing in most calls.
    if (tried.has(key)) continue;
    tried.add(key);
    yield { finding: { id, words }, ...signed };
  }
}

/** Whether a received text is a digest in any spelling: capitals or small letters, blanks around it, Base64. */
function sameDigits(received: string, digits: string): boolean {
  const text = received.trim();
  if (text.length === digits.length) return text.toUpperCase() === digits;
  // 16 bytes make 24 characters of Base64, 32 make 44; a form may have turned + into a blank.
  return lettersOf(text) !== '' && lettersOf(text) === lettersOf(toBase64(digits));
}

const lettersOf = (base64: string): string => base64.replace(/[^A-Za-z0-9]/g, '');
const toBase64 = (digits: string): string =>
  btoa(digits.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));

function spellingFinding(received: string): Finding | undefined {
  if (/^[0-9A-F]+$/.test(received)) return undefined;
  if (received !== received.trim()) return SIGN_BLANKS;
  return /^[0-9A-Fa-f]+$/.test(received) ? LOWER_CASE : BASE64;
}

const methodFinding = (used: SignMethod, stated: string): Finding => ({
  id: 'sign-method',
  words:
    stated === ''
      ? {
          zh: `没有传 sign_method，而签名是用 ${used} 算的。请加上 sign_method=${used}，它自己也参与签名。`,
          en: `There is no sign_method, and the signature was made with ${used}. Add sign_method=${used}; it is signed too.`,
        }
      : {
          zh: `签名是用 ${used} 算的，sign_method 却是 ${stated}。两者要一致，可选 md5、hmac、hmac-sha256。`,
          en: `The signature was made with ${used}, but sign_method says ${stated}. Make the two agree: md5, hmac or hmac-sha256.`,
        },
});

function unexplained({ parameters, body }: SignedCall, received: string): Finding[] {
  const findings = [NO_MATCH];
  const stated = parameters.get('sign_method') ?? '';
  if (!isSignMethod(stated)) findings.push(unknownMethod(stated));
  if (!/^([0-9A-F]{32}){1,2}$/i.test(received)) findings.push(formFinding(received));
  findings.push(CHECK_SECRET, CHECK_TEXT);
  if (/[^\p{ASCII}]/u.test(baseText(parameters) + body)) findings.push(CHECK_CHARSET);
  return findings;
}

const unknownMethod = (stated: string): Finding => ({
  id: 'check-method',
  words: {
    zh: `sign_method ${stated === '' ? '没有传' : `是 ${stated}`}，可选 md5、hmac、hmac-sha256。`,
    en: `sign_method is ${stated === '' ? 'missing' : stated}; it must be md5, hmac or hmac-sha256.`,
  },
});

const formFinding = (received: string): Finding => ({
  id: 'check-form',
  words: {
    zh: `sign 有 ${received.length} 个字符，不是 32 位（md5、hmac）或 64 位（hmac-sha256）的十六进制数字${SHA1.test(received) ? '，看上去是 SHA-1' : ''}。`,
    en: `sign has ${received.length} characters; it should be 32 (md5, hmac) or 64 (hmac-sha256) hexadecimal digits${SHA1.test(received) ? '. This looks like SHA-1' : ''}.`,
  },
});

const SHA1 = /^[0-9a-f]{40}$/i;

const SIGN_MISSING: Finding = {
  id: 'sign-missing',
  words: { zh: '没有传 sign。', en: 'There is no sign parameter.' },
};
const SIGN_BLANKS: Finding = {
  id: 'sign-blanks',
  words: { zh: 'sign 首尾有空白或换行，请去掉。', en: 'sign has blanks or a line break around it: strip them.' },
};
const LOWER_CASE: Finding = {
  id: 'lower-case',
  words: {
    zh: 'sign 用了小写字母。十六进制数字要用大写。',
    en: 'sign is in small letters. Its hexadecimal digits must be capitals.',
  },
};
const BASE64: Finding = {
  id: 'base64',
  words: {
    zh: 'sign 写成了 Base64。请写成大写的十六进制。',
    en: 'sign is spelled in Base64. Write it in hexadecimal digits, in capitals.',
  },
};
const NO_MATCH: Finding = {
  id: 'no-match',
  words: {
    zh: '常见的错误都得不到收到的这个签名。请逐项核对：',
    en: 'No usual mistake gives the signature received. Check in turn:',
  },
};
const CHECK_SECRET: Finding = {
  id: 'check-secret',
  words: {
    zh: '密钥是否属于这个 app_key 和这个环境？沙箱、测试与生产的密钥各不相同；密钥重置后，旧密钥会失效。',
    en: 'Is the secret that of this app_key in this environment? Sandbox, test and production have their own; after a rotation the old one ends.',
  },
};
const CHECK_TEXT: Finding = {
  id: 'check-text',
  words: {
    zh: '把程序里拼出的文本打印出来，与服务器拼出的文本逐字比较，找到第一处不同：代理、中间件或 HTTP 库可能增删、改写了参数。',
    en: 'Print the text that your program joins and compare it with that of the server, up to the first difference: a proxy, a middleware or the HTTP library may have added, dropped or rewritten a parameter.',
  },
};
const CHECK_CHARSET: Finding = {
  id: 'check-charset',
  words: {
    zh: '参数里有中文等非 ASCII 字符：签名时是否按 UTF-8 取字节？GBK 等其他编码得到的签名不同。',
    en: 'There are characters beyond ASCII: were their UTF-8 bytes signed? GBK or another encoding gives another signature.',
  },
};
