import { GMT8_MS } from '../../../contract/gmt8.ts';
import type { Label } from '../../../contract/schema.ts';

// What an identity document is: by which text it is compared, and whether it can be one at all.

/** Kind of an identity card among card_type's; also what an attendee without card_type brings. */
export const IDENTITY_CARD = 1;
const OFFICER_CARD = 5;

/**
 * A document number as it is compared: letters and digits in capitals of half width, without blanks, dashes, brackets and
 * what is not seen. Empty when that is nothing.
 */
export const plainCard = (card_no: string): string =>
  card_no
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]|\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase();

/** An attendee's id as it is compared: without blanks and what is not seen; empty when that is nothing. */
export const plainBearer = (bearer_id: string): string =>
  bearer_id.normalize('NFKC').replace(/[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu, '');

/** Provinces and their equals by the first two digits of a number (GB/T 2260); 81 to 83 Hong Kong, Macao and Taiwan. */
const PROVINCES = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])/;
/** Weights of the first 17 digits, and the check digit by the remainder of their sum (GB 11643-1999, ISO 7064 MOD 11-2). */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';
const FIRST_YEAR = 1900;

/**
 * Why a number is none of its kind; undefined when it may be one. An identity card has 18 digits: where (for the permanent
 * residence card of a foreigner a 9 before it), a day of birth that was, and a check digit that fits. The 15 digits of the
 * first generation are refused: those cards ended with 2012. Other kinds are told by length and letters alone.
 * @param card a number as {@link plainCard} gives it, not empty
 */
export function documentFault(card: string, card_type: number, now: Date): Label | undefined {
  if (card_type === IDENTITY_CARD) return identityFault(card, now);
  const form = card_type === OFFICER_CARD ? /^(?=.*\d)[\p{Script=Han}A-Z0-9]{5,32}$/u : /^(?=.*\d)[A-Z0-9]{5,20}$/;
  if (form.test(card)) return undefined;
  return card_type === OFFICER_CARD
    ? { zh: '应为 5 至 32 位汉字、字母和数字', en: 'it has 5 to 32 Chinese characters, letters and digits' }
    : { zh: '应为 5 至 20 位字母和数字，至少含一位数字', en: 'it has 5 to 20 letters and digits, one digit at least' };
}

function identityFault(card: string, now: Date): Label | undefined {
  if (/^\d{15}$/.test(card))
    return {
      zh: '15 位号码的第一代身份证已停用，请填 18 位号码',
      en: 'cards with 15 digits are no longer valid, give the 18 digits',
    };
  if (card.length !== 18) return { zh: `身份证号码应为 18 位，而不是 ${card.length} 位`, en: 'it has 18 digits' };
  if (!/^\d{17}[\dX]$/.test(card)) return { zh: '应为 17 位数字和一位校验码', en: 'it is 17 digits and a check digit' };
  if (!PROVINCES.test(card.startsWith('9') ? card.slice(1) : card))
    return { zh: '地区码不存在', en: 'no region has its first digits' };
  if (!isBirthday(card.slice(6, 14), now))
    return { zh: '出生日期不存在或在将来', en: 'its day of birth does not exist or is to come' };
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(card[place]), 0);
  if (CHECK_DIGITS[sum % 11] !== card[17])
    return { zh: '校验码不符，请核对每一位', en: 'its check digit is wrong, compare every digit' };
  return undefined;
}

/** Whether a text `yyyyMMdd` is a day that has begun in GMT+8. */
function isBirthday(text: string, now: Date): boolean {
  const day = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  const instant = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== day) return false;
  return Number(text.slice(0, 4)) >= FIRST_YEAR && instant.getTime() <= now.getTime() + GMT8_MS;
}
