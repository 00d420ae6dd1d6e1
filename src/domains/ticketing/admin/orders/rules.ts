import type { Person } from '../../orders/persons.ts';
import { plainPhone } from '../../orders/rules.ts';

/** A name with only its first character left: `张**`. */
export const maskName = (name: string): string => {
  const [first = '', ...rest] = [...name];
  return first + '*'.repeat(Math.max(1, rest.length));
};

/** A phone number with the middle hidden: `138****5678`; of a short one only the last two digits are left. */
export function maskPhone(phone: string): string {
  const plain = plainPhone(phone);
  return plain.length < 8 ? `****${plain.slice(-2)}` : `${plain.slice(0, 3)}****${plain.slice(-4)}`;
}

/** A document number with only its ends left: `110***********0011`; of a short one only the last two characters. */
export const maskCard = (card_no: string): string =>
  card_no.length < 10
    ? `****${card_no.slice(-2)}`
    : `${card_no.slice(0, 3)}${'*'.repeat(card_no.length - 7)}${card_no.slice(-4)}`;

const maskEmail = (email: string): string => email.replace(/^(.).*?(@|$)/su, '$1***$2');

/** A free text with every run of digits that could be a phone or document hidden. */
export const maskText = (text: string): string => text.replace(/\d[\d -]{5,}[\dXx]/g, '****');

/** A person as answers show it: nothing by which a stranger could be called or impersonated. */
export function maskPerson(person: Person): Person {
  const { real_name, phone, card_no, email, remark, bearer_id, ...rest } = person;
  return {
    ...rest,
    ...(real_name !== undefined && { real_name: maskName(real_name) }),
    ...(phone !== undefined && { phone: maskPhone(phone) }),
    ...(card_no !== undefined && { card_no: maskCard(card_no) }),
    ...(bearer_id !== undefined && { bearer_id: maskText(bearer_id) }),
    ...(email !== undefined && { email: maskEmail(email) }),
    ...(remark !== undefined && { remark: maskText(remark) }),
  };
}
