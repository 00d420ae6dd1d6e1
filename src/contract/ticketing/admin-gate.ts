import { method } from '../method.ts';
import { bool, date, integer, optional, text } from '../schema.ts';

const ticket_code_id = text({ zh: '票ID', en: 'Ticket id' }, { example: '2000000001', maxLength: 64 });
const check_id = text(
  { zh: '验票流水号,幂等键', en: "The gate's own number of this entry, the idempotency key" },
  { example: 'gate1-000001', maxLength: 64 },
);

/** The public key by which a gate checks ticket codes without asking. */
export const gateKeyGet = method({
  name: 'piaoquan.ticketing.gate.key.get',
  category: 'admin',
  title: { zh: '闸机验签公钥', en: 'Gate key' },
  purpose: {
    zh: '获取租户票码的验签公钥,闸机可离线验票',
    en: 'Gives the public key that verifies the ticket codes of a tenant. A code is PQ1.<key id>.<payload>.<signature>; the signature is Ed25519 over all before its dot, payload and signature are base64url. The payload is JSON: t ticket id, e event id, o tenant id, x last second of validity.',
  },
  package: 'piaoquan.gate',
  session: 'none',
  kind: 'read',
  request: {
    tenant_id: integer({ zh: '租户ID', en: 'Tenant id' }, { example: '1', minimum: 1 }),
  },
  response: {
    key_id: text({ zh: '公钥ID', en: 'Id of the key, which codes name' }, { example: '3f2a90bc' }),
    algorithm: text({ zh: '算法', en: 'Algorithm of the signature' }, { example: 'Ed25519' }),
    public_key: text(
      { zh: '公钥,32字节,base64', en: 'The key: 32 bytes in base64' },
      { example: 'GbF6nNnwqZ4zW2Pj0yTt0uQdGbi0PUbKv3mWm4g5p1k=' },
    ),
    public_key_pem: text({ zh: '公钥,PEM', en: 'The same as PEM' }, { example: '-----BEGIN PUBLIC KEY-----' }),
  },
  errors: {
    'isv.tenant-not-found': {
      cause: { zh: '租户不存在', en: 'No such tenant' },
      remedy: { zh: '检查 tenant_id', en: 'Check tenant_id' },
    },
  },
});

/** A gate asks whether the bearer of a code may enter; each ticket lets in as often as its event allows. */
export const ticketCheck = method({
  name: 'piaoquan.ticketing.ticket.check',
  category: 'admin',
  title: { zh: '验票入场', en: 'Check a ticket in' },
  purpose: {
    zh: '验证票码并记录入场;自场次的 gate_open_time 起放行,默认演出当天零点,已下架的场次不放行;每张票可入场次数由 entry_limit 决定',
    en: 'Verifies a ticket code and records the entry. Gates let in from the gate_open_time of the event on, by default the start of the day of the show, and nobody while the event is off the shelf. A ticket lets in as often as its event allows (entry_limit, once by default); the same check_id always gets the same permission unless the entry is undone.',
  },
  package: 'piaoquan.gate',
  session: 'none',
  kind: 'write',
  outcome: { at: 'admitted', done: [true], code: 'check_result' },
  request: {
    code: text({ zh: '票码', en: 'Text of the QR code' }, { example: 'PQ1.3f2a90bc.eyJ0Ijo0fQ.c2ln', maxLength: 600 }),
    event_id: integer({ zh: '场次ID', en: 'Event whose gate this is' }, { example: '90000011', minimum: 1 }),
    check_id,
    gate: optional(text({ zh: '闸机', en: 'Name of the gate' }, { example: 'A1', maxLength: 100 })),
  },
  response: {
    admitted: bool({ zh: '是否放行', en: 'Whether the bearer may enter' }, { example: 'true' }),
    ticket_code_id: text({ zh: '票ID', en: 'Ticket id' }, { example: '4111231001' }),
    check_result: integer(
      { zh: '验票结果', en: 'Why' },
      {
        example: '0',
        values: {
          '0': { zh: '放行', en: 'may enter' },
          '1': { zh: '票不存在', en: 'no such ticket' },
          '2': { zh: '入场次数已用完', en: 'used as often as allowed' },
          '3': { zh: '尚未开放入场', en: 'the gate is not open yet' },
          '4': { zh: '已退票', en: 'refunded' },
          '5': { zh: '场次已下架', en: 'the event is off the shelf' },
          '7': {
            zh: '该次入场已撤销，请用新的 check_id 重新验票',
            en: 'this entry was undone; check again with a new check_id',
          },
        },
      },
    ),
    entry_count: integer({ zh: '已入场次数', en: 'Entries so far that count, this one included' }, { example: '1' }),
    first_check_time: optional(
      date({ zh: '首次入场时间', en: 'First entry, GMT+8' }, { example: '2026-05-01 19:02:11' }),
    ),
    gate_open_time: optional(
      date({ zh: '开放入场时间', en: 'From when on the gate lets in, GMT+8' }, { example: '2026-05-01 00:00:00' }),
    ),
  },
  errors: {
    'isv.ticket-code-invalid': {
      cause: { zh: '票码不是本平台签发', en: 'The code was not signed by this platform' },
      remedy: { zh: '拒绝入场', en: 'Let nobody in by it' },
    },
    'isv.ticket-code-expired': {
      cause: { zh: '演出已结束', en: 'The show is over' },
      remedy: { zh: '拒绝入场', en: 'Let nobody in by it' },
    },
    'isv.ticket-of-another-event': {
      cause: { zh: '票不属于该场次', en: 'The ticket is for another event' },
      remedy: { zh: '引导至正确的场次', en: 'Show the bearer the right event' },
    },
  },
});

/** Undoes an entry that was made by mistake; the ticket lets in again. */
export const ticketCheckUndo = method({
  name: 'piaoquan.ticketing.ticket.check.undo',
  category: 'admin',
  title: { zh: '撤销入场', en: 'Undo an entry' },
  purpose: {
    zh: '撤销一次误记的入场并记录原因;票可再次入场,没有其他入场的票恢复为未使用',
    en: 'Undoes an entry that was made by mistake, with the reason. The ticket lets in again, and is unused if it has no other entry.',
  },
  package: 'piaoquan.gate',
  session: 'none',
  kind: 'write',
  request: {
    ticket_code_id,
    check_id: text(
      { zh: '要撤销的验票流水号', en: 'Number of the entry to undo' },
      { example: 'gate1-000001', maxLength: 64 },
    ),
    reason: text({ zh: '原因', en: 'Why' }, { example: '误扫', maxLength: 500 }),
  },
  response: {
    entry_count: integer({ zh: '仍有效的入场次数', en: 'Entries of the ticket that still count' }, { example: '0' }),
  },
  errors: {
    'isv.ticket-not-found': {
      cause: { zh: '票不存在', en: 'No such ticket' },
      remedy: { zh: '检查 ticket_code_id', en: 'Check ticket_code_id' },
    },
    'isv.entry-not-found': {
      cause: { zh: '这张票没有这次入场', en: 'The ticket has no such entry' },
      remedy: {
        zh: '检查 check_id；入场记录见 piaoquan.ticketing.order.history',
        en: 'Check check_id; piaoquan.ticketing.order.history lists the entries of an order',
      },
    },
    'isv.undo-conflict': {
      cause: { zh: '这次入场已因别的原因撤销', en: 'The entry was undone for another reason' },
      remedy: { zh: '无需再撤销', en: 'It need not be undone again' },
    },
  },
});

/** Shows the code of a ticket to who administers: what eticket.qrcode gives the channel that sold it. */
export const ticketCodeGet = method({
  name: 'piaoquan.ticketing.ticket.code.get',
  category: 'admin',
  title: { zh: '查看票码', en: 'Get the code of a ticket' },
  purpose: {
    zh: '按票ID取得一张有效票的票码，与 eticket.qrcode 给渠道的相同，不需要渠道的凭证；持码即可入场，每次查看都记入变更日志。',
    en: 'Gives the code of a ticket that lets in, the same as eticket.qrcode gives the channel, without its tokens. Whoever has the code may enter, so every look is entered in the change log.',
  },
  package: 'piaoquan.admin',
  session: 'none',
  kind: 'read',
  request: { ticket_code_id },
  response: {
    ticket_code_id: text({ zh: '票ID', en: 'Ticket id' }, { example: '2000000001' }),
    order_id: text({ zh: '订单ID', en: 'Order that it is of' }, { example: '2000000001' }),
    event_id: integer({ zh: '场次ID', en: 'Event that it is for' }, { example: '90000011' }),
    qrcode: text(
      { zh: '票码，即二维码的内容', en: 'Text of the QR code' },
      { example: 'PQ1.3f2a90bc.eyJ0Ijo0fQ.c2ln' },
    ),
    valid_until: date(
      { zh: '有效期至（演出结束）', en: 'Valid up to and including: the end of the show' },
      { example: '2026-05-01 22:00:00' },
    ),
    ticket_status: integer(
      { zh: '状态', en: 'State' },
      {
        example: '1',
        values: { '1': { zh: '未使用', en: 'unused' }, '2': { zh: '已检票', en: 'used' } },
      },
    ),
  },
  errors: {
    'isv.ticket-not-found': {
      cause: { zh: '票不存在', en: 'No such ticket' },
      remedy: { zh: '检查 ticket_code_id', en: 'Check ticket_code_id' },
    },
    'isv.ticket-is-refunded': {
      cause: { zh: '票已退，没有票码', en: 'The ticket is refunded and has no code any more' },
      remedy: { zh: '在订单中查看其余的票', en: 'Look at the other tickets of its order' },
    },
    'isv.ticket-code-expired': {
      cause: { zh: '演出已结束，票码已失效', en: 'The show is over, and the code with it' },
      remedy: { zh: '无需处理', en: 'Nothing can be done' },
    },
  },
});

/** Codes of tickets: what gates call, and what shows one. */
export const gateTicketContracts = [gateKeyGet, ticketCheck, ticketCheckUndo, ticketCodeGet] as const;
