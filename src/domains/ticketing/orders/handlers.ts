import { randomBytes } from 'node:crypto';
import { createBatcher } from '../../../batching/batch.ts';
import { createLoader } from '../../../batching/loader.ts';
import type { CallContext, Handlers, RequestOf } from '../../../contract/method.ts';
import { type damaiOrderContracts, ORDER_SUBMIT_RESULTS } from '../../../contract/ticketing/order.ts';
import type { payResultCallback } from '../../../contract/ticketing/pay.ts';
import { PAY_RESULTS } from '../../../contract/ticketing/pay.ts';
import type { Sql } from '../../../database/pool.ts';
import { storedUser } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import type { Tokens } from '../callers.ts';
import type { Caller } from '../queries.ts';
import { projectNoOf, readId, resultOf, tokenRefusal } from '../rules.ts';
import { sealPersons } from './persons.ts';
import {
  findEventProjects,
  findNumberedProjects,
  type PayCommand,
  type PayResult,
  payOrders,
  type SubmitCommand,
  type SubmitResult,
  submitOrders,
} from './queries.ts';
import { contentOf, hasDocument, readFen, readForm, type SubmitParam } from './rules.ts';
import { cartOf, paidCartOf, refusalArguments } from './views.ts';

type Parts = { sql: Sql; vault: Vault; callers: (tokens: Tokens) => Promise<Caller> };
type Contracts = readonly [...typeof damaiOrderContracts, typeof payResultCallback];
type SubmitCode = keyof typeof ORDER_SUBMIT_RESULTS;
type PayCode = keyof typeof PAY_RESULTS;

/** Payments of one project in one statement: an order has up to a thousand tickets, each of which it writes. */
const MOST_PAYMENTS = 100;

/** Carries out order.submit and the pay callback: orders of one project are decided together. */
export const orderHandlers = ({ sql, vault, callers }: Parts): Handlers<Contracts> => {
  const projectOfEvent = createLoader({ load: (event_ids: number[]) => findEventProjects(sql, event_ids) });
  const projectOfNumber = createLoader({ load: (project_nos: number[]) => findNumberedProjects(sql, project_nos) });
  const submits = createBatcher<SubmitCommand, SubmitResult>({
    run: (project_id, commands) => submitOrders(sql, Number(project_id), commands),
  });
  const pays = createBatcher<PayCommand, PayResult>({
    run: (project_id, commands) => payOrders(sql, Number(project_id), commands),
    maxBatch: MOST_PAYMENTS,
  });

  async function submit(param: SubmitParam, { now }: CallContext) {
    const say = (code: SubmitCode, args = {}) => resultOf(ORDER_SUBMIT_RESULTS, '20', code, param.lang_type, args);
    const form = readForm(param, now);
    const event_ids = 'code' in form ? [] : [...new Set(form.goods.map(({ event_id }) => event_id))];
    const [caller, ...projects] = await Promise.all([callers(param), ...event_ids.map((id) => projectOfEvent(id))]);
    const refusal = tokenRefusal(caller);
    if (refusal) return say(refusal);
    if ('code' in form) return say(form.code, form.args);
    const unknown = event_ids.find((_id, index) => projects[index]?.tenant_id !== caller.tenant_id);
    if (unknown !== undefined) return say('10221', { event_id: unknown });
    const project_id = projects[0]?.project_id;
    if (projects.some((project) => project?.project_id !== project_id)) return say('10229');
    const order = {
      project_id: project_id as number,
      channel_id: caller.channel_id as number,
      // Drawn here, so that a batch that is run again after a lost connection finds its own orders.
      shopping_cart_id: param.shopping_cart_id ?? String(randomBytes(8).readBigUInt64BE()),
    };
    const { detail, vo } = await submits.submit(String(project_id), {
      now,
      channel_id: order.channel_id,
      shopping_cart_id: order.shopping_cart_id,
      content_hash: vault.hash('ticketing-order', contentOf(param)).toString('hex'),
      user_id: param.user_id ? storedUser(vault, param.user_id) : null,
      receivable_money: form.receivable_money,
      has_bearer: param.order_bearer_param ? hasDocument(param.order_bearer_param) : false,
      goods: form.goods,
      persons: sealPersons(vault, param, order),
    });
    if (detail) return say(String(detail.code) as SubmitCode, refusalArguments(detail));
    return { ...say('20'), shopping_cart_vo: vo && cartOf(vo, param.lang_type) };
  }

  async function pay(param: RequestOf<typeof payResultCallback>['pay_param'], { now }: CallContext) {
    const say = (code: PayCode, args = {}) => resultOf(PAY_RESULTS, '200', code, param.lang_type, args);
    const order_id = readId(param.order_id);
    const project_no = order_id && projectNoOf(order_id);
    const [caller, project] = await Promise.all([callers(param), project_no ? projectOfNumber(project_no) : undefined]);
    const refusal = tokenRefusal(caller);
    if (refusal) return say(refusal);
    if (!order_id || !project || project.tenant_id !== caller.tenant_id) return say('10240');
    const pay_money = readFen(param.pay_money);
    if (pay_money === undefined) return say('10220', { field: 'pay_money' });
    const paid = await pays.submit(String(project.project_id), {
      now,
      channel_id: caller.channel_id as number,
      order_id,
      user_id: param.user_id ? storedUser(vault, param.user_id) : null,
      pay_no: param.pay_no ?? `order ${order_id}`,
      pay_money,
      pay_type_id: param.pay_type_id,
    });
    const state = say(String(paid.result_code) as PayCode, { expected: paid.expected });
    if (!paid.vo) return state;
    return { ...state, shopping_cart_vo: paidCartOf(paid.vo, paid.tickets ?? [], param.lang_type) };
  }

  return {
    'alibaba.damai.maizuo.openapi.order.submit': async ({ grouped_submit_order_param }, context) => ({
      result_data: await submit(grouped_submit_order_param, context),
    }),
    'alibaba.damai.maizuo.openapi.trade.pay.result.callback': async ({ pay_param }, context) => ({
      result_data: await pay(pay_param, context),
    }),
  };
};
