import { platformError, type TopError } from '../contract/errors.ts';
import type { Label } from '../contract/schema.ts';
import { baseText, isSignMethod, type Parameters } from '../wire/base-text.ts';
import { diagnoseSignature, type Finding } from '../wire/diagnosis/diagnose.ts';
import { nearestName } from '../wire/nearest.ts';
import { digests } from '../wire/sign.ts';
import { cut, toPlainText } from '../wire/text.ts';
import { type App, allowsDigest } from './apps.ts';

/** A call whose signature is refused. */
type Refused = { readonly parameters: Parameters; readonly body: string };

/** Calls of more characters or parameters are not looked into: this comes before anybody is known. */
const MOST_CHARACTERS = 32 * 1024;
const MOST_PARAMETERS = 200;
/** Characters digested for one call. */
const MOST_DIGESTED = 1_000_000;
/**
 * Calls looked into in a second, and the milliseconds of a second after which no further one is: a usual call takes some
 * 4 ms, one of many parameters ten times that. In production a stranger takes about a tenth of a processor.
 */
const MOST_A_SECOND = { sandbox: { calls: 200, ms: 800 }, production: { calls: 20, ms: 80 } };
/** Secrets of an app that are tried, those that have ended among them. */
const MOST_SECRETS = 3;
/** Characters of the signed text that are shown. */
const MOST_SHOWN = 2000;

/** Digests that exist. */
const METHODS = ['hmac-sha256', 'md5', 'hmac'];

/** Explains the refusals of signatures, up to so many a second. */
export type SignatureExplainer = (refused: Refused, app: App, now: Date) => TopError;

/**
 * Opens what tells the maker of a wrong signature its cause.
 * @param sandbox whether all is told, the signed text included; else the kind of mistake alone, in one sentence
 */
export function openSignatureExplainer(sandbox: boolean): SignatureExplainer {
  const most = sandbox ? MOST_A_SECOND.sandbox : MOST_A_SECOND.production;
  let second = 0;
  let explained = 0;
  let spent = 0;
  return (refused, app, now) => {
    const present = Math.floor(now.getTime() / 1000);
    if (present !== second) [second, explained, spent] = [present, 0, 0];
    const began = performance.now();
    const findings = explained++ < most.calls && spent < most.ms ? findingsOf(refused, app, now) : [];
    spent += performance.now() - began;
    return platformError('invalid-signature', {
      sub_msg: sandbox ? tellAll(findings, refused, app) : (tellKind(findings) ?? UNKNOWN_KIND),
    });
  };
}

function findingsOf({ parameters, body }: Refused, app: App, now: Date): readonly Finding[] {
  const text = baseText(parameters) + body;
  const stated = parameters.get('sign_method') ?? '';
  if (!allowsDigest(app, stated || 'md5') && (stated === '' || isSignMethod(stated))) return [switchedOff(stated, app)];
  const wrong = stated === '' || isSignMethod(stated) ? [] : [unknownMethod(stated)];
  if (text.length > MOST_CHARACTERS || parameters.size > MOST_PARAMETERS) return wrong;
  let first: readonly Finding[] | undefined;
  for (const { text: secret, expires_at } of app.secrets.slice(0, MOST_SECRETS)) {
    const { findings } = diagnoseSignature({ parameters, body, secret, digests, most: MOST_DIGESTED });
    if (findings.length === 0) return expires_at !== null && expires_at <= now ? [ENDED] : wrong;
    if (findings[0]?.id !== 'no-match') return [...wrong, ...findings];
    first ??= findings.filter(({ id }) => id !== 'check-method' || wrong.length === 0);
  }
  return [...wrong, ...(first ?? [])];
}

const ENDED: Finding = {
  id: 'secret-ended',
  words: {
    zh: '签名用的是已经失效的旧密钥。请换成重置后的新密钥。',
    en: 'The signature was made with a secret that has ended. Take the one that it was rotated to.',
  },
};

function switchedOff(stated: string, { sign_methods }: App): Finding {
  const allowed = sign_methods.join('、');
  return {
    id: 'method-off',
    words: {
      zh: `这个应用不接受 ${stated || '不带 sign_method'} 的签名，请用 ${allowed}`,
      en: `The app takes no signature by ${stated || 'a digest that is not named'}: use ${sign_methods.join(' or ')}`,
    },
  };
}

function unknownMethod(stated: string): Finding {
  const near = nearestName(stated, METHODS);
  const shown = toPlainText(cut(stated, 60));
  return {
    id: 'check-method',
    words: {
      zh: `sign_method 是 ${shown}${near === undefined ? '' : `，是不是 ${near}？`}可选 md5、hmac、hmac-sha256。`,
      en: `sign_method is ${shown}${near === undefined ? '' : `; did you mean ${near}?`} It must be md5, hmac or hmac-sha256.`,
    },
  };
}

function tellAll(findings: readonly Finding[], { parameters, body }: Refused, { secrets }: App): string {
  const causes = findings.map(({ words }) => `${words.zh} / ${words.en}`);
  // Who sends the secret along by mistake, wherever it stands, is not told it again.
  const whole = secrets.reduce((text, { text: secret }) => text.replaceAll(secret, '***'), baseText(parameters) + body);
  const text = cut(whole, MOST_SHOWN);
  return [
    ...causes,
    `服务器参与签名的文本（不含密钥） / the text that must be signed, without the secret: ${text}`,
  ].join('\n');
}

/** The kind of the first mistake found, in one sentence; nothing of the secret or what was signed. */
function tellKind([finding]: readonly Finding[]): Label | undefined {
  if (finding?.id === 'method-off') return finding.words;
  return finding && KINDS.find(([ids]) => ids.includes(finding.id))?.[1];
}

const UNKNOWN_KIND: Label = {
  zh: '签名与服务器算出的不同：请核对密钥是否属于这个应用和环境，再用签名计算器逐字比较文本',
  en: 'The signature differs from the right one: check that the secret is that of this app and environment, then compare the text with that of the signature calculator',
};

const KINDS: readonly (readonly [ids: readonly string[], words: Label])[] = [
  [
    ['secret-blanks', 'secret-front', 'secret-end', 'secret-missing', 'secret-in-hmac'],
    {
      zh: '密钥用得不对：首尾多了字符，或放错了位置',
      en: 'The secret was not used as it must be: characters around it, or the wrong place',
    },
  ],
  [['secret-ended'], ENDED.words],
  [
    ['lower-case', 'base64', 'sign-blanks', 'check-form'],
    {
      zh: 'sign 的写法不对：应为大写的十六进制数字',
      en: 'sign is spelled otherwise than in hexadecimal digits, in capitals',
    },
  ],
  [
    ['sign-method', 'check-method'],
    {
      zh: 'sign_method 与签名所用的算法不一致，或不是 md5、hmac、hmac-sha256',
      en: 'sign_method does not name the digest that was used, or is none of md5, hmac and hmac-sha256',
    },
  ],
  [['body-not-signed', 'body-first'], { zh: '请求体没有按规则参与签名', en: 'The body was not signed as it must be' }],
  [
    ['plus-for-blank', 'encoded-values', 'encoded-twice', 'charset-lost', 'charset-twice'],
    {
      zh: '参数的编码不对：要对解码后的 UTF-8 原文签名',
      en: 'Values were signed in another encoding: sign their decoded UTF-8 text',
    },
  ],
  [
    ['left-out', 'signed-not-sent', 'sign-included', 'timestamp', 'json-respelled', 'values-trimmed', 'empty-as-word'],
    { zh: '签名的参数与发送的不同', en: 'Other parameters or values were signed than sent' },
  ],
  [
    ['order', 'order-case', 'order-pairs', 'separators'],
    {
      zh: '参数的排序或拼接不对：按名称的字节顺序，名称与值直接相连',
      en: 'The parameters were not sorted or joined as they must be: by the bytes of their names, with nothing between',
    },
  ],
];
