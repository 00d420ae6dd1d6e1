import { randomUUID } from 'node:crypto';
import type { Handlers, RequestOf } from '../../../contract/method.ts';
import type { orderExplain } from '../../../contract/ticketing/explain.ts';
import type { Sql } from '../../../database/pool.ts';
import { storedUser } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { verdict } from '../../explain.ts';
import { maskPerson } from '../admin/orders/rules.ts';
import { type OrderKey, openPerson, type SealedPerson, sealPersons } from '../orders/persons.ts';
import { findEventProjects, type SubmitCommand } from '../orders/queries.ts';
import { contentOf, type Form, hasDocument, readForm, type SubmitParam } from '../orders/rules.ts';
import { findDocumentOrders, findOrderFacts, type OrderFacts, tenantOfChannel } from './queries.ts';
import { cartRule, type DocumentFacts, documentsOf, eventRules, formRules, orderRules } from './rules.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };
type Asked = RequestOf<typeof orderExplain>;
type Read = Exclude<Form, { code: string }>;

/** Why an order is made or not; all of it only reads. */
export const ticketingExplainHandlers = (parts: Parts): Handlers<readonly [typeof orderExplain]> => ({
  'piaoquan.ticketing.order.explain': async ({ channel_id, order_param }, { now }) => {
    const form = readForm(order_param as SubmitParam, now);
    const isRefused = 'code' in form;
    const tenant_id = await tenantOfChannel(parts.sql, channel_id);
    const rules = formRules(tenant_id !== undefined, isRefused ? form : undefined);
    if (tenant_id === undefined || isRefused) return verdict(rules);
    const event_ids = [...new Set(form.goods.map(({ event_id }) => event_id))];
    const projects = await findEventProjects(parts.sql, event_ids);
    const events = event_ids.map((event_id) => ({ event_id, is_own: projects.get(event_id)?.tenant_id === tenant_id }));
    const ids = [...new Set([...projects.values()].map(({ project_id }) => project_id))];
    rules.push(...eventRules(events, ids.length));
    if (!rules.every(({ passed }) => passed)) return verdict(rules);
    const project_id = ids[0] as number;
    const command = commandOf(parts.vault, { project_id, channel_id, order_param }, form, now);
    return verdict([...rules, ...(await judgeOrder(parts, project_id, command))]);
  },
});

/** The order as order.submit would hand it to the database. */
function commandOf(
  vault: Vault,
  { project_id, channel_id, order_param }: Asked & { project_id: number },
  form: Read,
  now: Date,
): SubmitCommand {
  const param = order_param as SubmitParam;
  // Without one every call is an order of its own: no order bears this id.
  const shopping_cart_id = param.shopping_cart_id ?? randomUUID();
  return {
    now,
    channel_id,
    shopping_cart_id,
    content_hash: vault.hash('ticketing-order', contentOf(param)).toString('hex'),
    user_id: param.user_id ? storedUser(vault, param.user_id) : null,
    receivable_money: form.receivable_money,
    has_bearer: param.order_bearer_param ? hasDocument(param.order_bearer_param) : false,
    goods: form.goods,
    persons: sealPersons(vault, param, { project_id, channel_id, shopping_cart_id }),
  };
}

/** Judges an order of one project. A cart that has an order already decides alone. */
async function judgeOrder({ sql, vault }: Parts, project_id: number, command: SubmitCommand) {
  const facts = await findOrderFacts(sql, project_id, command);
  const cart = cartRule(facts, command.content_hash);
  if (cart !== undefined) return [cart];
  const documents = await documentFacts({ sql, vault }, project_id, command, facts);
  return orderRules(facts, command.goods, command, documents);
}

async function documentFacts(
  { sql, vault }: Parts,
  project_id: number,
  { persons, now, ...order }: SubmitCommand,
  { lines }: OrderFacts,
): Promise<DocumentFacts[]> {
  const used = documentsOf(lines, persons);
  if (used.length === 0) return [];
  const keys = used.map(({ event_id, person }) => ({ event_id, document_hash: person.document_hash as string }));
  const orders = await findDocumentOrders(sql, project_id, keys, now);
  return keys.map((key, index) => ({
    ...key,
    shown: shownDocument(vault, { project_id, ...order }, used[index]?.person as SealedPerson),
    order_id: orders[index] ?? null,
  }));
}

/** A document as it may be shown: masked. */
function shownDocument(vault: Vault, order: OrderKey, { person_no, sealed }: SealedPerson): string | null {
  const person = openPerson(vault, order, { person_no, sealed: Buffer.from(sealed, 'base64') });
  const { card_no, bearer_id } = maskPerson(person);
  return card_no ?? bearer_id ?? null;
}
