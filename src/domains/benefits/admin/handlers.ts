import { type adminBenefitContracts, templateSave } from '../../../contract/benefits/admin.ts';
import { MOST } from '../../../contract/common.ts';
import { invalidArgument } from '../../../contract/errors.ts';
import { type CallContext, fault, type Handlers, type RequestOf } from '../../../contract/method.ts';
import { refuseOver } from '../../../contract/period.ts';
import { given } from '../../../contract/settings.ts';
import { logged, type Writer } from '../../../database/change-log.ts';
import type { Sql, Transaction } from '../../../database/pool.ts';
import { mask } from '../../../secrets/masks.ts';
import { keptText, personOf } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { pageOf, readIdCursor, writeIdCursor } from '../../paging.ts';
import { holdSeller, insertTemplate, openType, type Template } from '../queries.ts';
import { RECEIVER_SEALED } from '../sealed.ts';
import { RECEIVER_PURPOSE } from '../send/handlers.ts';
import { type Receiver, receiverKey, receivingUser } from '../send/rules.ts';
import {
  type Adjustment,
  changeTemplate,
  closeType,
  findAdjustment,
  findSends,
  findTemplate,
  hasType,
  listTemplates,
  type Send,
  setStatus,
  type TemplateChange,
  type TemplateKey,
  writeAdjustment,
} from './queries.ts';

type Parts = { readonly sql: Sql; readonly vault: Vault };
type Saved = RequestOf<typeof templateSave>['template'];

const WINDOW_SECONDS = 60;

const refused = (sub_code: keyof typeof templateSave.errors) => fault(templateSave, sub_code);

/** The administration of sellers' templates, their stock and types, and of what was sent. */
export const adminBenefitsHandlers = ({ sql, vault }: Parts): Handlers<typeof adminBenefitContracts> => ({
  'piaoquan.benefit.template.save': async ({ template }, context) => {
    if (template.end_time < template.start_time) throw invalidArgument('template.end_time', '不能早于 start_time');
    await sql.begin((tx) => store(tx, template, context));
    return { template: await oneTemplate(sql, template) };
  },
  'piaoquan.benefit.template.get': async (key) => ({ template: await oneTemplate(sql, key) }),
  'piaoquan.benefit.template.list': async ({ cursor, page_size, ...filter }) => {
    const after = readIdCursor(cursor);
    const find = (limit: number) => listTemplates(sql, { ...filter, after, limit });
    const page = await pageOf(page_size, find, ({ benefit_id }) => writeIdCursor(benefit_id));
    return { templates: page.rows, next_cursor: page.next_cursor };
  },
  'piaoquan.benefit.template.status.update': async ({ status, ...key }, context) => {
    const set = await sql.begin((tx) => logged(tx, context, [templateRow(key)], () => setStatus(tx, key, status)));
    if (!set) throw refused('isv.template-not-found');
    return { is_success: true };
  },
  'piaoquan.benefit.template.stock.adjust': async (change, context) => ({
    total_num: await sql.begin((tx) =>
      adjust(tx, context, {
        ...change,
        reason: keptText(change.reason),
        operator: context.actor,
        adjusted_at: context.now,
      }),
    ),
  }),
  'piaoquan.benefit.type.update': async ({ user_id, config_id, is_open }, context) => {
    if (!(await hasType(sql, config_id))) throw refused('isv.type-not-found');
    const row = ['benefit_seller_type', { user_id, config_id }] as const;
    const change = is_open ? openType : closeType;
    await sql.begin((tx) => logged(tx, context, [row], () => change(tx, user_id, config_id)));
    return { is_success: true };
  },
  'piaoquan.benefit.send.list': async ({ user_id, unique_id, receiver_id, cursor, page_size }) => {
    if (user_id == null && unique_id == null) throw refused('isv.send-filter-missing');
    const receiver_hash =
      receiver_id == null ? undefined : vault.hash(RECEIVER_PURPOSE, receiverKey(receivingUser(receiver_id)));
    const before = readIdCursor(cursor, Number.MAX_SAFE_INTEGER);
    const find = (limit: number) => findSends(sql, { user_id, unique_id, receiver_hash, before, limit });
    const page = await pageOf(page_size, find, ({ send_id }) => writeIdCursor(send_id));
    return { sends: page.rows.map((send) => showSend(vault, send)), next_cursor: page.next_cursor };
  },
});

/** Creates a template, in use, or changes it. */
async function store(tx: Transaction, saved: Saved, context: CallContext): Promise<void> {
  const { actor, now, request_id } = context;
  const { user_id, benefit_id, config_id, total_num } = saved;
  if (!(await hasType(tx, config_id))) throw refused('isv.type-not-found');
  await holdSeller(tx, user_id);
  const old = await findTemplate(tx, saved);
  const change = changeOf(saved, old);
  const end = { path: 'template.end_time', end: change.end_time, old: old?.end_time };
  refuseOver(templateSave, 'isv.template-over', end, now);
  if (old === undefined) {
    const numbers = { relate_activity_num: 0, total_num: total_num ?? 0, valid_total_num: total_num ?? 0, status: 1 };
    const template = { user_id, benefit_id, config_id, ...change, ...numbers };
    return logged(tx, context, [templateRow(saved)], () => insertTemplate(tx, template, now, actor));
  }
  if (old.config_id !== config_id) throw refused('isv.template-type-fixed');
  await logged(tx, context, [templateRow(saved)], () => changeTemplate(tx, saved, change));
  if (total_num == null || total_num === old.total_num) return;
  const delta = total_num - old.total_num;
  const reason = '保存权益模板';
  const entry = { user_id, benefit_id, adjust_id: `save-${request_id}`, operator: actor, adjusted_at: now };
  await changeTotal(tx, context, { ...entry, delta, reason }, old);
}

const templateRow = ({ user_id, benefit_id }: TemplateKey) => ['benefit_template', { user_id, benefit_id }] as const;

/** What a template becomes: settings that are left out stay, null takes them away. A window stands with a limit alone. */
function changeOf(saved: Saved, old: TemplateChange | undefined): TemplateChange {
  const { denomination, start_time, end_time } = saved;
  const kept = <Name extends keyof Saved & keyof TemplateChange>(name: Name) =>
    ({ ...old, ...given(saved) })[name] ?? null;
  const max_sends = kept('max_sends');
  return {
    ...{ denomination, start_time, end_time, max_sends, options: kept('options') ?? 0 },
    extend_feature: kept('extend_feature'),
    out_object_id: kept('out_object_id'),
    out_object_name: kept('out_object_name'),
    window_seconds: max_sends === null ? null : (kept('window_seconds') ?? WINDOW_SECONDS),
  };
}

/** Changes a template's total once by an adjust_id, and gives the total that then was. */
async function adjust(tx: Transaction, writer: Writer, adjustment: Adjustment): Promise<number> {
  await holdSeller(tx, adjustment.user_id);
  const template = await findTemplate(tx, adjustment);
  if (template === undefined) throw refused('isv.template-not-found');
  const known = await findAdjustment(tx, adjustment);
  if (known === undefined) return changeTotal(tx, writer, adjustment, template);
  if (known.delta !== adjustment.delta || known.reason !== adjustment.reason) throw refused('isv.adjust-conflict');
  return known.total_after;
}

async function changeTotal(
  tx: Transaction,
  writer: Writer,
  adjustment: Adjustment,
  template: Template,
): Promise<number> {
  const total_after = template.total_num + adjustment.delta;
  if (template.valid_total_num + adjustment.delta < 0 || total_after > MOST) throw refused('isv.stock-out-of-range');
  await logged(tx, writer, [templateRow(adjustment)], () => writeAdjustment(tx, { ...adjustment, total_after }));
  return total_after;
}

async function oneTemplate(sql: Sql, key: TemplateKey): Promise<Template> {
  const template = await findTemplate(sql, key);
  if (template === undefined) throw refused('isv.template-not-found');
  return template;
}

function showSend(vault: Vault, { receiver_sealed, ...send }: Send) {
  const { kind, name } = JSON.parse(
    vault.open(RECEIVER_SEALED, [send.user_id, send.unique_id], receiver_sealed),
  ) as Receiver;
  return { ...send, receiver: `${kind}:${mask(personOf(name))}` };
}
