import { mask, maskAllBut } from './masks.ts';
import type { Vault } from './vault.ts';

// What a phone number is, who is meant by a user id, and how either is kept and shown: one definition for all domains.

/** A mobile number of the mainland in its plain form: 11 digits, the second from 3 to 9 (MIIT numbering plan). */
const MOBILE = /^1[3-9]\d{9}$/;
/** What may stand around the digits of a number. */
const BREAK = String.raw`[\s\p{P}\p{S}]*`;
/** A mobile number within a text, however it is broken up, that no further digit touches. */
const MOBILE_WITHIN = new RegExp(
  String.raw`(?<!\d)(?:0{0,4}86${BREAK})?0{0,4}1${BREAK}[3-9](?:${BREAK}\d){9}(?!\d)`,
  'u',
);
/** A number with the code of its country within a text (E.164: 7 to 15 digits). */
const ABROAD_WITHIN = new RegExp(String.raw`\+${BREAK}[1-9](?:${BREAK}\d){6,14}(?!\d)`, 'u');
const PHONES_WITHIN = new RegExp(`${ABROAD_WITHIN.source}|${MOBILE_WITHIN.source}`, 'gu');
const PLAIN_ASCII = /^[!-~]*$/;
const DIGIT = /^\p{Nd}$/u;
const NO_LETTERS = /^[\d\s\p{P}\p{S}]*$/u;

/** The value of a decimal digit of any script: their digits stand in runs of ten that begin with zero. */
function digitOf(char: string): string {
  const point = char.codePointAt(0) as number;
  let zero = point;
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero--;
  return String((point - zero) % 10);
}

/** A text with the digits of every script and width as ASCII's, and without what is not seen. */
const plainDigits = (text: string): string =>
  PLAIN_ASCII.test(text)
    ? text
    : text
        .normalize('NFKC')
        .replace(/[\p{Cf}\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]/gu, '')
        .replace(/[^\P{Nd}0-9]/gu, digitOf);

/**
 * The phone number that a text is, in the one form by which it is compared: a mobile number of the mainland as its 11
 * digits, whether it came as `138…`, `+86 138…`, `0086…`, `86138…`, `tel:…`, broken up by blanks, dashes, dots or brackets,
 * with digits of another width or script or with characters that are not seen; another country's, which must begin with `+`
 * or `00`, as `+` and its digits. Undefined for anything else: a landline without a country code cannot be told from an id.
 */
export function phoneOf(text: string): string | undefined {
  if (MOBILE.test(text)) return text;
  const plain = plainDigits(text).replace(/^\s*tel:/i, '');
  if (!NO_LETTERS.test(plain)) return undefined;
  const digits = plain.replace(/\D/g, '');
  const hasCode = /^[\s(]*\+/.test(plain);
  const mobile = (hasCode ? /^0{0,4}860{0,4}(1[3-9]\d{9})$/ : /^(?:0{0,4}860{0,4}|0?)(1[3-9]\d{9})$/).exec(digits)?.[1];
  if (mobile !== undefined) return mobile;
  const abroad = (hasCode ? /^(?:00)?([1-9]\d{6,14})$/ : /^00([1-9]\d{6,14})$/).exec(digits)?.[1];
  return abroad === undefined ? undefined : `+${abroad}`;
}

/** Whether a text is a mobile number of the mainland in its plain form. */
export const isMobile = (text: string): boolean => MOBILE.test(text);

/** What a field that holds a phone is compared by: {@link phoneOf}, else its digits (a landline), else what it says. */
export function plainPhone(text: string): string {
  const plain = plainDigits(text);
  const digits = NO_LETTERS.test(plain) ? plain.replace(/\D/g, '') : '';
  return phoneOf(text) ?? (digits || text.trim());
}

/** Who is meant by a user id: a phone number in its one form, another id without what surrounds it unseen; never empty. */
export const personOf = (user_id: string): string =>
  phoneOf(user_id) ?? (user_id.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '') || user_id);

/** Whether a phone number stands in a text, alone or beside other things. */
function holdsPhone(text: string): boolean {
  const plain = plainDigits(text);
  return MOBILE_WITHIN.test(plain) || ABROAD_WITHIN.test(plain);
}

/** Purpose under which the vault hashes the user ids that are not kept as they are; as old as the first of them. */
const USER_PURPOSE = 'lottery-phone';
/** A user as {@link storedUser} keeps one of whom nothing may be read: a mask, and 32 bytes as base64url. */
const STORED = /^(.{1,7}\*{4}.{0,4})#[\w-]{43}$/su;

/**
 * How a user is kept where it is found by its id. An id means nothing to us and stays as it is; of one that is a phone
 * number, or holds one, there is a mask and a keyed hash only. Ids of one person are kept as one text, of at most 128 characters.
 */
export function storedUser(vault: Vault, user_id: string): string {
  const person = personOf(user_id);
  const isPlain = phoneOf(person) === undefined && !holdsPhone(person) && !STORED.test(person);
  return isPlain ? person : `${mask(person)}#${vault.hash(USER_PURPOSE, person).toString('base64url')}`;
}

/** What may be shown of a user kept by {@link storedUser}: the id, or the mask of a phone number. */
export const shownUser = (stored: string): string => STORED.exec(stored)?.[1] ?? stored;

/** What may be shown of a user id in the clear: the id, or a mask when it is a phone number or holds one. */
export function shownId(user_id: string): string {
  const person = personOf(user_id);
  return phoneOf(person) !== undefined || holdsPhone(person) ? mask(person) : user_id;
}

/** A phone number with its middle hidden, in its one form: `138****5678`; of a short one only the last two digits are left. */
export function maskPhone(text: string): string {
  const phone = plainPhone(text);
  return phone.length < 8 ? maskAllBut(2, phone) : `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}

/**
 * A free text as it is kept, why an operator did something: a phone number in it is its mask, all else as it was written.
 */
export function keptText(text: string): string {
  const plain = plainDigits(text);
  const hidden = plain.replace(PHONES_WITHIN, maskPhone);
  return hidden === plain ? text : hidden;
}

/** A free text with every run of seven digits or more, which could be a phone or a document, hidden. */
export function maskText(text: string): string {
  const plain = plainDigits(text);
  const hidden = plain.replace(/\d(?:[\s\p{Pd}().·•‧/_]*\d){5,}[\s-]*[\dXx]/gu, '****');
  return hidden === plain ? text : hidden;
}
