import { maskPhone, maskText } from '../../../../secrets/personal.ts';
import type { Person } from '../../orders/persons.ts';

/** A name with only its first character left: `张**`. */
export const maskName = (name: string): string => {
  const [first = '', ...rest] = [...name];
  return first + '*'.repeat(Math.max(1, rest.length));
};

/** A document number with only its ends left: `110***********0011`; of a short one only the last two characters. */
export const maskCard = (card_no: string): string =>
  card_no.length < 10
    ? `****${card_no.slice(-2)}`
    : `${card_no.slice(0, 3)}${'*'.repeat(card_no.length - 7)}${card_no.slice(-4)}`;

const maskEmail = (email: string): string => email.replace(/^(.).*?(@|$)/su, '$1***$2');

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
