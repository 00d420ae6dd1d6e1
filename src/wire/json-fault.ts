/** Where a text stops being JSON (RFC 8259), and what should have stood there. */
export type JsonFault = {
  /** Place of the first character that does not fit, from 0; the text's length when it ends too soon. */
  readonly offset: number;
  /** The same as line and column, both from 1. */
  readonly line: number;
  readonly column: number;
  /** What is wrong there, in Chinese. */
  readonly why: string;
  /** What stands before the place, an arrow, and the character there. Values are left out: they may be secret. */
  readonly shown: string;
};

/** What may stand next. */
type Expected = 'value' | 'first-item' | 'first-name' | 'name' | 'colon' | 'more' | 'end';

type Fault = { readonly at: number; readonly why: string };

/** What is read of the text so far: the open brackets, and the last pieces as they may be shown. */
type Scan = {
  readonly text: string;
  at: number;
  expected: Expected;
  readonly open: string[];
  readonly shown: string[];
};

const BLANKS = ' \t\n\r';
const SHOWN_PIECES = 8;
const SHOWN_NAME = 32;
const SHOWN_DIGITS = 4;

/**
 * Finds where a text stops being JSON; undefined when it is JSON. Linear in the text, whatever its depth.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const scan: Scan = { text, at: 0, expected: 'value', open: [], shown: [] };
  for (;;) {
    while (scan.at < text.length && BLANKS.includes(text.charAt(scan.at))) scan.at++;
    if (scan.at === text.length) {
      return scan.expected === 'end' ? undefined : told(scan, { at: scan.at, why: `文本到此中断，${wantedBy(scan)}` });
    }
    const fault = readPiece(scan);
    if (fault !== undefined) return told(scan, fault);
  }
}

function told({ text, shown }: Scan, { at, why }: Fault): JsonFault {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const cut = shown.length > SHOWN_PIECES ? '…' : '';
  const here = at < text.length ? spell(String.fromCodePoint(text.codePointAt(at) as number)) : '';
  return {
    ...{ offset: at, line, column: at - before.lastIndexOf('\n') },
    ...{ why, shown: `${cut}${shown.slice(-SHOWN_PIECES).join('')}→${here}` },
  };
}

/** A character as it may be shown: those that nobody sees by their number. */
const spell = (character: string): string =>
  /[\p{C}\p{Z}]/u.test(character)
    ? `U+${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`
    : character;

function wantedBy({ expected, open }: Scan): string {
  const closing = open.at(-1) === '{' ? '}' : ']';
  switch (expected) {
    case 'value':
      return '应为一个值';
    case 'first-item':
      return '应为一个值或 ]';
    case 'first-name':
      return '应为双引号中的名称或 }';
    case 'name':
      return '应为双引号中的名称';
    case 'colon':
      return '应为冒号';
    case 'more':
      return `应为逗号或 ${closing}`;
    default:
      return 'JSON 到此已结束，其后不应再有内容';
  }
}

/** Reads one piece: a bracket, comma, colon, text, number or word. Gives the fault when it does not fit. */
function readPiece(scan: Scan): Fault | undefined {
  const { text, at, expected, open } = scan;
  const character = text.charAt(at);
  const takesValue = expected === 'value' || expected === 'first-item';
  if (character === '"') {
    if (takesValue) return readText(scan, false);
    if (expected === 'name' || expected === 'first-name') return readText(scan, true);
  } else if ((character === '{' || character === '[') && takesValue) {
    open.push(character);
    return pass(scan, character, character === '{' ? 'first-name' : 'first-item');
  } else if (character === '}' || character === ']') {
    const fits = expected === 'more' || expected === (character === '}' ? 'first-name' : 'first-item');
    if (fits && open.at(-1) === (character === '}' ? '{' : '[')) {
      open.pop();
      return pass(scan, character, afterValue(scan));
    }
  } else if (character === ',' && expected === 'more') {
    return pass(scan, ', ', open.at(-1) === '{' ? 'name' : 'value');
  } else if (character === ':' && expected === 'colon') {
    return pass(scan, ':', 'value');
  } else if (takesValue && /[-\d]/.test(character)) return readNumber(scan);
  else if (takesValue && /[a-z]/i.test(character)) return readWord(scan);
  return { at, why: wantedBy(scan) + hintAt(character) };
}

function pass(scan: Scan, shown: string, expected: Expected): undefined {
  scan.at += 1;
  show(scan, shown);
  scan.expected = expected;
}

function show({ shown }: Scan, piece: string): void {
  shown.push(piece);
  // One more than are shown tells that something was cut.
  if (shown.length > SHOWN_PIECES + 1) shown.shift();
}

const afterValue = ({ open }: Scan): Expected => (open.length === 0 ? 'end' : 'more');

/** What is often typed in place of what JSON wants. */
const hintAt = (character: string): string =>
  /['‘’“”＂「」]/.test(character)
    ? '（JSON 只认半角双引号 "）'
    : /[，：｛｝［］]/.test(character)
      ? '（JSON 只认半角标点）'
      : '';

/** Reads a text from its first quote to its last. */
function readText(scan: Scan, isName: boolean): Fault | undefined {
  const { text, at: start } = scan;
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      show(scan, isName ? JSON.stringify(cutTo(text.slice(start + 1, at), SHOWN_NAME)) : '"…"');
      scan.at = at + 1;
      scan.expected = isName ? 'colon' : afterValue(scan);
      return undefined;
    }
    const fault = character === '\\' ? faultOfEscape(text, at) : character < ' ' ? RAW_CONTROL : undefined;
    if (fault !== undefined) {
      show(scan, '"…');
      return { at, why: fault };
    }
    if (character === '\\') at += text.charAt(at + 1) === 'u' ? 5 : 1;
  }
  show(scan, '"…');
  return { at: text.length, why: '文本到此中断，字符串缺少结束的双引号' };
}

const RAW_CONTROL = '字符串中的换行、制表等控制字符应写成 \\n、\\t 等转义';

/** A name or another text, cut where it is longer. */
const cutTo = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

const faultOfEscape = (text: string, at: number): string | undefined =>
  /^\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/.test(text.slice(at, at + 6)) ? undefined : '反斜杠之后不是 JSON 的转义';

function readNumber(scan: Scan): Fault | undefined {
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  number.lastIndex = scan.at;
  const found = number.exec(scan.text)?.[0];
  const end = scan.at + (found?.length ?? 1);
  if (found === undefined || /[\w.+-]/.test(scan.text.charAt(end))) return { at: end, why: '数字的写法不对' };
  show(scan, found.length > SHOWN_DIGITS ? '…' : found);
  scan.at = end;
  scan.expected = afterValue(scan);
  return undefined;
}

function readWord(scan: Scan): Fault | undefined {
  const word = /(?:true|false|null)(?![\w$])/y;
  word.lastIndex = scan.at;
  const found = word.exec(scan.text)?.[0];
  if (found === undefined) return { at: scan.at, why: '文本须加双引号；不加引号的只有 true、false、null 与数字' };
  show(scan, found);
  scan.at += found.length;
  scan.expected = afterValue(scan);
  return undefined;
}
