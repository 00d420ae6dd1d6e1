import { maskCard, maskEmail, maskName } from '../../../../secrets/masks.ts';
import { maskPhone, maskText } from '../../../../secrets/personal.ts';
import type { Person } from '../../orders/persons.ts';

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
