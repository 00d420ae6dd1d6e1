/** A text with its middle hidden: `138****5678`; of one below 11 characters only the first is left. */
export function mask(text: string): string {
  const chars = [...text];
  return chars.length < 11 ? `${chars[0] ?? ''}****` : `${chars.slice(0, 3).join('')}****${chars.slice(-4).join('')}`;
}

/** A text with all hidden but its last characters: `****3QJ`. */
export const maskAllBut = (last: number, text: string): string => `****${text.slice(-last)}`;

/** A name with only its first character left: `张**`. */
export function maskName(name: string): string {
  const [first = '', ...rest] = [...name];
  return first + '*'.repeat(Math.max(1, rest.length));
}

/** A document number with only its ends left: `110***********0011`; of a short one only the last two characters. */
export const maskCard = (card_no: string): string =>
  card_no.length < 10
    ? maskAllBut(2, card_no)
    : `${card_no.slice(0, 3)}${'*'.repeat(card_no.length - 7)}${card_no.slice(-4)}`;

/** An e-mail address with the first character of its name and its host left: `z***@example.com`. */
export const maskEmail = (email: string): string => email.replace(/^(.).*?(@|$)/su, '$1***$2');
