import type { PlatformErrorName } from '../../contract/error-table.ts';
import { platformError, type TopError } from '../../contract/errors.ts';
import { PUBLIC_PARAMETERS } from '../../contract/public-parameters.ts';
import type { Label } from '../../contract/schema.ts';
import type { Parameters } from '../base-text.ts';
import { nearestName } from '../nearest.ts';

import { cut, toPlainText } from '../text.ts';
import { formatInstant } from '../time.ts';

/** Most of a caller's text that an explanation repeats. */
const MOST_REPEATED = 60;
/** Most parameters among which the one is looked for that came instead of another. */
const MOST_SEARCHED = 200;

const shown = (text: string): string => toPlainText(cut(text, MOST_REPEATED));

/** A public parameter that every call needs, or every call for a user. */
type Needed = 'method' | 'app_key' | 'timestamp' | 'v' | 'sign' | 'session';

const ERRORS: Readonly<Record<Needed, PlatformErrorName>> = {
  method: 'missing-method',
  app_key: 'missing-app-key',
  timestamp: 'missing-timestamp',
  v: 'missing-version',
  sign: 'missing-signature',
  session: 'missing-session',
};

/** What other platforms call the same, in small letters and without what stands between words. */
const OTHER_NAMES: Readonly<Record<Needed, readonly string[]>> = {
  method: ['api', 'apiname', 'action', 'methodname', 'service'],
  app_key: ['appid', 'clientid', 'accesskey', 'accesskeyid', 'ak', 'key'],
  timestamp: ['time', 'ts', 't', 'datetime'],
  v: ['version', 'ver', 'apiversion'],
  sign: ['signature', 'sig', 'topsign'],
  session: ['accesstoken', 'token', 'sessionkey', 'sessionid', 'sessiontoken', 'topsession', 'authorization'],
};

/**
 * The refusal of a call that lacks a parameter: what came in its place where that can be told, and what to send.
 * @param now the server's time
 */
export function missing(name: Needed, parameters: Parameters, now: Date): TopError {
  const { zh, en } = whatCame(name, parameters);
  const wanted = WANTED[name](now);
  return platformError(ERRORS[name], { sub_msg: { zh: `${zh}；${wanted.zh}`, en: `${en}; ${wanted.en}` } });
}

const WANTED: Readonly<Record<Needed, (now: Date) => Label>> = {
  method: () => ({
    zh: '请传接口名，例如 taobao.time.get',
    en: 'send the name of the method, such as taobao.time.get',
  }),
  app_key: () => ({ zh: '请传应用的 app_key', en: "send the app's key" }),
  timestamp: (now) => ({
    zh: `请传 GMT+8 的当前时间，服务器现在是 ${formatInstant(now)}`,
    en: `send the present time in GMT+8; the server has ${formatInstant(now)}`,
  }),
  v: () => ({ zh: '请传 v=2.0', en: 'send v=2.0' }),
  sign: () => ({ zh: '请按签名算法计算 sign', en: 'compute sign by the signature rule' }),
  session: () => ({ zh: '请先完成授权，再传 session', en: 'have the user authorise, then send session' }),
};

function whatCame(name: Needed, parameters: Parameters): Label {
  if (parameters.has(name)) return { zh: `参数 ${name} 为空`, en: `the parameter ${name} is empty` };
  if (parameters.size === 0) return { zh: '没有收到任何参数', en: 'no parameter came at all' };
  if ([...parameters.keys()].slice(0, MOST_SEARCHED).some((each) => /^\s*[{[<]/.test(each)))
    return {
      zh: `没有参数 ${name}，请求体像是 JSON 或 XML，而网关按表单读取：请以 名称=值 的表单发送`,
      en: `there is no ${name}, and the body looks like JSON or XML where a form is read: send name=value pairs`,
    };
  const instead = cameInstead(name, parameters);
  if (instead === undefined) return { zh: `没有参数 ${name}`, en: `there is no parameter ${name}` };
  return {
    zh: `没有参数 ${name}，却有 ${instead}：参数名应写作 ${name}`,
    en: `there is no parameter ${name}, but ${instead} came: the name is ${name}`,
  };
}

const squashed = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

function cameInstead(name: Needed, parameters: Parameters): string | undefined {
  const own = squashed(name);
  for (const each of [...parameters.keys()].slice(0, MOST_SEARCHED)) {
    if (PUBLIC_PARAMETERS.has(each) || each.length > MOST_REPEATED) continue;
    const word = squashed(each);
    if (word === own || OTHER_NAMES[name].includes(word)) return shown(each);
    if (own.length > 2 && Math.abs(word.length - own.length) <= 1 && nearestName(each, [name]) !== undefined)
      return shown(each);
  }
  return undefined;
}

/** The refusal of a method that does not exist, with the nearest that does. */
export function invalidMethod(name: string, known: Iterable<string>): TopError {
  const near = nearestName(name, known);
  const asked = shown(name);
  return platformError('invalid-method', {
    sub_msg: {
      zh: `没有接口 ${asked}${near === undefined ? '' : `；是不是 ${near}？`}`,
      en: `there is no method ${asked}${near === undefined ? '' : `; did you mean ${near}?`}`,
    },
  });
}

/** The refusal of a format, with the nearest there is. */
export function invalidFormat(format: string): TopError {
  const near = nearestName(format, ['json', 'xml']);
  return platformError('invalid-format', {
    sub_msg: {
      zh: `收到的 format 是 ${shown(format)}${near === undefined ? '' : `；是不是 ${near}？`}只能是小写的 xml 或 json`,
      en: `format is ${shown(format)}${near === undefined ? '' : `; did you mean ${near}?`} It may be xml or json, in small letters`,
    },
  });
}

/** The refusal of a version of the protocol. */
export function invalidVersion(version: string): TopError {
  return platformError(/^\d+(\.\d+)?$/.test(version) ? 'unsupported-version' : 'invalid-version', {
    sub_msg: { zh: `收到的 v 是 ${shown(version)}；请传 v=2.0`, en: `v is ${shown(version)}; send v=2.0` },
  });
}

/**
 * The refusal of a timestamp: the server's time in GMT+8, what came, and how far it is off or how it should be written.
 * @param claimed the instant that it names; undefined when it names none
 */
export function invalidTimestamp(timestamp: string, claimed: Date | undefined, now: Date): TopError {
  const server = formatInstant(now);
  if (claimed === undefined)
    return platformError('invalid-timestamp', {
      sub_msg: {
        zh: `收到的 timestamp 是 ${shown(timestamp)}，应写作 yyyy-MM-dd HH:mm:ss（GMT+8）；服务器现在是 ${server}`,
        en: `timestamp is ${shown(timestamp)} but must be written yyyy-MM-dd HH:mm:ss in GMT+8; the server has ${server}`,
      },
    });
  const off = claimed.getTime() - now.getTime();
  const apart = spellDuration(Math.abs(off));
  // A count of seconds or milliseconds is the same in every zone.
  const zone =
    isZoneOff(off) && !/^\d+$/.test(timestamp)
      ? {
          zh: '；像是用了别的时区的时间，请取 GMT+8（按本机时区取时间的 SDK 请设 TZ=Asia/Shanghai）',
          en: '; that looks like the time of another zone: take GMT+8 (for an SDK that takes the local time set TZ=Asia/Shanghai)',
        }
      : { zh: '；请校准时钟', en: '; set your clock' };
  return platformError('invalid-timestamp', {
    sub_msg: {
      zh: `服务器现在是 ${server}（GMT+8），收到的 timestamp 是 ${shown(timestamp)}，${off < 0 ? '慢' : '快'}了 ${apart.zh}，最多可差 10 分钟${zone.zh}`,
      en: `the server has ${server} (GMT+8) and timestamp is ${shown(timestamp)}, ${apart.en} ${off < 0 ? 'behind' : 'ahead'}, where 10 minutes may be${zone.en}`,
    },
  });
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Whether a difference in milliseconds is that of two time zones, whose clocks are right to two minutes. */
function isZoneOff(off: number): boolean {
  const apart = Math.abs(off);
  const over = apart % (HOUR / 2);
  return apart <= 14 * HOUR + 2 * MINUTE && Math.min(over, HOUR / 2 - over) <= 2 * MINUTE;
}

/** A duration in milliseconds, in its two greatest units. */
function spellDuration(duration: number): Label {
  const units = [
    [DAY, '天', 'd'],
    [HOUR, '小时', 'h'],
    [MINUTE, '分', 'min'],
    [SECOND, '秒', 's'],
  ] as const;
  const from = Math.max(
    0,
    units.findIndex(([unit]) => duration >= unit),
  );
  const parts = units.slice(from, from + 2).map(([unit, zh, en], index) => {
    const count = Math.floor((index === 0 ? duration : duration % (units[from]?.[0] ?? DAY)) / unit);
    return { zh: `${count} ${zh}`, en: `${count} ${en}` };
  });
  return { zh: parts.map(({ zh }) => zh).join(' '), en: parts.map(({ en }) => en).join(' ') };
}

/** The refusal of an app_key that no app bears. What is no key is not repeated: it may be the secret in its place. */
export function invalidAppKey(app_key: string): TopError {
  const form = /^\d{1,20}$/.test(app_key)
    ? {
        zh: `没有 app_key 为 ${app_key} 的应用；请核对调用的是哪个环境`,
        en: `no app has the key ${app_key} here; check which environment you call`,
      }
    : {
        zh: `app_key 应为 1 至 20 位数字，收到的是 ${app_key.length} 个字符，不全是数字或太长：是不是多了空白，或与 app_secret 写反了？`,
        en: `app_key consists of 1 to 20 digits; what came has ${app_key.length} characters, too many or not all of them digits: are there blanks around it, or was app_secret put in its place?`,
      };
  return platformError('invalid-app-key', { sub_msg: form });
}

/** What can be told of a session key that is refused, behind TOP's own text. */
export function invalidSession(
  name: 'invalid-session' | 'session-expired' | 'foreign-session',
  cause: Label,
): TopError {
  const { sub_msg } = platformError(name).body;
  return platformError(name, { sub_msg: `${sub_msg}（${cause.zh} / ${cause.en}）` });
}

/** What an unknown session key looks like. */
export function unknownSession(session_key: string): Label {
  if (session_key !== session_key.trim())
    return { zh: 'session 首尾有空白或换行', en: 'session has blanks or a line break around it' };
  if (/^610[23]/.test(session_key))
    return {
      zh: '收到的像是 refresh_token，应传 access_token',
      en: 'this looks like a refresh_token; send the access_token',
    };
  return { zh: '没有签发过这个 session', en: 'no such session was issued here' };
}
