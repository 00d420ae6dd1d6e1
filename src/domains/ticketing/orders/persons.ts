import { personOf, plainPhone } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { PERSON_SEALED } from '../sealed.ts';
import { IDENTITY_CARD, plainBearer, plainCard } from './documents.ts';
import { type BearerParam, plainName, type SubmitParam } from './rules.ts';

const TAIL = 4;

/** What is known of a person of an order, in the clear; lives in memory only. */
export type Person = {
  readonly real_name?: string;
  readonly phone?: string;
  readonly card_type?: number;
  readonly card_no?: string;
  readonly bearer_id?: string;
  readonly email?: string;
  readonly address_id?: string;
  readonly remark?: string;
};

/** A person as the database keeps it: sealed (base64), with keyed hashes (hex) to find by and of the document. */
export type SealedPerson = {
  /** 0 receives the order, 1 is its one bearer, from 2 on bearers of tickets. */
  readonly person_no: number;
  readonly line_no: number;
  /** Which ticket of the line, from 1 on; 0 for a person of the whole order. */
  readonly ticket_index: number;
  readonly sealed: string;
  readonly hashes: readonly string[];
  readonly document_hash: string | null;
};

/** What to find a person of an order by; each given part must match. */
export type PersonQuery = {
  readonly real_name?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly phone_tail?: string | null | undefined;
  readonly card_type?: number | null | undefined;
  readonly card_no?: string | null | undefined;
};

/** Keyed hashes in hex by which persons are found: name, phone, the phone's last four digits, document. */
export function personHashes(vault: Vault, query: PersonQuery): string[] {
  const { real_name, phone, phone_tail, card_type, card_no } = query;
  const number = phone_tail ?? phone;
  const tail = number ? plainPhone(number).slice(-TAIL) : undefined;
  const card = plainCard(card_no ?? '');
  const hash = (purpose: string, text: string) => vault.hash(`ticketing-${purpose}`, text).toString('hex');
  return [
    ...(real_name ? [hash('name', plainName(real_name))] : []),
    ...(phone ? [hash('phone', plainPhone(phone))] : []),
    ...(tail ? [hash('phone-tail', tail)] : []),
    ...(card ? [hash('document', `${card_type ?? IDENTITY_CARD}:${card}`)] : []),
  ];
}

function documentHash(vault: Vault, bearer: BearerParam, channel_id: number): string | null {
  const [card] = personHashes(vault, { card_type: bearer.card_type, card_no: bearer.card_no });
  if (card) return card;
  const bearer_id = plainBearer(bearer.bearer_id ?? '');
  if (bearer_id === '') return null;
  // Attendee ids are the channel's own: another channel may give the same one to somebody else.
  return vault.hash('ticketing-document', `bearer:${channel_id}:${personOf(bearer_id)}`).toString('hex');
}

/** The order whose people are sealed, by what is known of it before it has a number. */
export type OrderKey = {
  readonly project_id: number;
  readonly channel_id: number;
  readonly shopping_cart_id: string;
};

const rowOf = ({ project_id, channel_id, shopping_cart_id }: OrderKey, person_no: number) =>
  [project_id, channel_id, shopping_cart_id, person_no] as const;

/** The parts that were given. */
function given(person: Readonly<Record<string, unknown>>): Person {
  return Object.fromEntries(Object.entries(person).filter(([, value]) => value !== null && value !== undefined));
}

/** Seals the people of an order: its receiver with the remark, its bearer, and the bearers of its tickets. */
export function sealPersons(vault: Vault, param: SubmitParam, order: OrderKey): SealedPerson[] {
  const seal = (person: Person, person_no: number) => ({
    sealed: vault.seal(PERSON_SEALED, rowOf(order, person_no), JSON.stringify(person)).toString('base64'),
    hashes: personHashes(vault, person),
  });
  const bearer = (bearer_param: BearerParam, place: Pick<SealedPerson, 'person_no' | 'line_no' | 'ticket_index'>) => ({
    ...place,
    ...seal(given(bearer_param), place.person_no),
    document_hash: documentHash(vault, bearer_param, order.channel_id),
  });
  const { order_receive_param: receive, order_bearer_param, remark, cart_goods_param_list } = param;
  const receiver = given({
    real_name: receive?.receive_name,
    phone: receive?.receive_phone,
    email: receive?.receive_email,
    address_id: receive?.address_id,
    remark,
  });
  const persons: SealedPerson[] = [];
  if (Object.keys(receiver).length > 0)
    persons.push({ person_no: 0, line_no: 0, ticket_index: 0, ...seal(receiver, 0), document_hash: null });
  if (order_bearer_param) persons.push(bearer(order_bearer_param, { person_no: 1, line_no: 0, ticket_index: 0 }));
  let person_no = 2;
  for (const [line, { bearer_list }] of (cart_goods_param_list ?? []).entries())
    for (const [index, each] of (bearer_list ?? []).entries())
      persons.push(bearer(each, { person_no: person_no++, line_no: line + 1, ticket_index: index + 1 }));
  return persons;
}

/** Reads a sealed person of an order. Throws SealError when it is not this person's of this order. */
export const openPerson = (
  vault: Vault,
  order: OrderKey,
  { person_no, sealed }: { readonly person_no: number; readonly sealed: Uint8Array },
): Person => JSON.parse(vault.open(PERSON_SEALED, rowOf(order, person_no), sealed)) as Person;
