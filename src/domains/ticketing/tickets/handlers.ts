import { createLoader } from '../../../batching/loader.ts';
import { fault, type Handlers } from '../../../contract/method.ts';
import {
  gateKeyGet,
  type gateTicketContracts,
  ticketCheck,
  ticketCheckUndo,
  ticketCodeGet,
} from '../../../contract/ticketing/admin-gate.ts';
import { type eticketQrcode, QRCODE_RESULTS, TICKET_STATES } from '../../../contract/ticketing/pay.ts';
import { logged, logReveal } from '../../../database/change-log.ts';
import type { Sql } from '../../../database/pool.ts';
import { keptText, storedUser } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import type { Tokens } from '../callers.ts';
import type { Caller } from '../queries.ts';
import { projectNoOf, readId, resultOf, tokenRefusal } from '../rules.ts';
import { createGateKeys, openCode, signCode } from './keys.ts';
import { enter, findTickets, hasTenant, type Ticket, undoEntry } from './queries.ts';
import { type Payload, readCode, ticketState, validUntil } from './rules.ts';

type Parts = { sql: Sql; vault: Vault; callers: (tokens: Tokens) => Promise<Caller> };

/** What a ticket's code says, for its tenant's key to sign. */
const payloadOf = ({ ticket_id: t, event_id: e, tenant_id: o, event_show_end_time }: Ticket): Payload => ({
  ...{ t, e, o },
  x: validUntil(event_show_end_time),
});

const ticketLoader = (sql: Sql) =>
  createLoader<number, Ticket>({
    load: (ticket_ids) =>
      findTickets(
        sql,
        ticket_ids.map((ticket_id) => ({ ticket_id, project_no: projectNoOf(ticket_id) })),
      ),
  });

/** Carries out eticket.qrcode. */
export const qrcodeHandlers = ({ sql, vault, callers }: Parts): Handlers<readonly [typeof eticketQrcode]> => {
  const load = ticketLoader(sql);
  const gateKey = createGateKeys(vault);
  return {
    'alibaba.damai.maizuo.openapi.eticket.qrcode': async ({ dynamic_q_r_code_param: param }, { now }) => {
      const { ticket_code_id, event_id, order_id, user_id, lang_type } = param;
      const say = (code: keyof typeof QRCODE_RESULTS) => resultOf(QRCODE_RESULTS, '20', code, lang_type);
      const id = readId(ticket_code_id);
      const [caller, ticket] = await Promise.all([callers(param), id === undefined ? undefined : load(id)]);
      const refusal = tokenRefusal(caller);
      if (refusal) return { result_data: say(refusal) };
      const own = ticket?.channel_id === caller.channel_id && String(ticket?.event_id) === event_id;
      if (!ticket || !own) return { result_data: say('10250') };
      const stranger = user_id && ticket.user_id && storedUser(vault, String(user_id)) !== ticket.user_id;
      if ((order_id && order_id !== String(ticket.order_id)) || stranger) return { result_data: say('10240') };
      const state = ticketState(ticket, now);
      const code = signCode(gateKey(ticket.tenant_id), payloadOf(ticket));
      return {
        result_data: {
          ...say('20'),
          dynamic_q_r_code_vo: {
            dynamic_q_r_code: state === 1 || state === 2 ? code : undefined,
            qr_code_type: 1,
            ticket_validate_state_desc: TICKET_STATES[state][lang_type === 2 ? 'en' : 'zh'],
          },
        },
      };
    },
  };
};

/** Carries out what gates ask, the key to check codes with and entries, and shows a code to who administers. */
export const gateHandlers = ({ sql, vault }: Omit<Parts, 'callers'>): Handlers<typeof gateTicketContracts> => {
  const load = ticketLoader(sql);
  const gateKey = createGateKeys(vault);
  return {
    'piaoquan.ticketing.gate.key.get': async ({ tenant_id }) => {
      if (!(await hasTenant(sql, tenant_id))) throw fault(gateKeyGet, 'isv.tenant-not-found');
      const { key_id, public_key, pem } = gateKey(tenant_id);
      return { key_id, algorithm: 'Ed25519', public_key: public_key.toString('base64'), public_key_pem: pem };
    },
    'piaoquan.ticketing.ticket.check': async ({ code, event_id, check_id, gate }, context) => {
      const { now } = context;
      const tenant_id = readCode(code)?.payload.o;
      const payload = tenant_id === undefined ? undefined : openCode(gateKey(tenant_id), code);
      if (payload === undefined) throw fault(ticketCheck, 'isv.ticket-code-invalid');
      const ticket = await load(payload.t);
      if (!ticket || ticket.event_id !== event_id || payload.e !== event_id) {
        throw fault(ticketCheck, 'isv.ticket-of-another-event');
      }
      const state = ticketState(ticket, now);
      if (state === 6) throw fault(ticketCheck, 'isv.ticket-code-expired');
      const { project_id, ticket_id } = ticket;
      const entry = { project_id, ticket_id, event_id, check_id, gate: gate ?? null, now };
      const rows = [
        ['ticketing_check', { project_id, ticket_id, check_id }],
        ['ticketing_ticket', { project_id, ticket_id }],
      ] as const;
      const entered = await sql.begin((tx) => logged(tx, context, rows, () => enter(tx, entry)));
      return {
        admitted: entered.code === 0,
        ticket_code_id: String(ticket_id),
        check_result: entered.code,
        entry_count: entered.entries,
        first_check_time: entered.first_checked_at,
        gate_open_time: entered.opens_at,
      };
    },
    'piaoquan.ticketing.ticket.check.undo': async ({ ticket_code_id, check_id, ...request }, context) => {
      const reason = keptText(request.reason);
      const id = readId(ticket_code_id);
      const ticket = id === undefined ? undefined : await load(id);
      if (ticket === undefined) throw fault(ticketCheckUndo, 'isv.ticket-not-found');
      const { project_id, ticket_id } = ticket;
      const undo = { project_id, ticket_id, check_id, reason, operator: context.actor, now: context.now };
      const rows = [
        ['ticketing_check_undo', { project_id, ticket_id, check_id }],
        ['ticketing_ticket', { project_id, ticket_id }],
      ] as const;
      const { code, entries } = await sql.begin((tx) => logged(tx, context, rows, () => undoEntry(tx, undo)));
      if (code !== 0) throw fault(ticketCheckUndo, code === 1 ? 'isv.entry-not-found' : 'isv.undo-conflict');
      return { entry_count: entries };
    },
    'piaoquan.ticketing.ticket.code.get': async ({ ticket_code_id }, context) => {
      const id = readId(ticket_code_id);
      const ticket = id === undefined ? undefined : await load(id);
      if (ticket === undefined) throw fault(ticketCodeGet, 'isv.ticket-not-found');
      const state = ticketState(ticket, context.now);
      if (state === 4) throw fault(ticketCodeGet, 'isv.ticket-is-refunded');
      if (state === 6) throw fault(ticketCodeGet, 'isv.ticket-code-expired');
      const { ticket_id, project_id, order_id, event_id, tenant_id } = ticket;
      const payload = payloadOf(ticket);
      await logReveal(sql, context, 'ticketing_ticket', `${project_id}/${ticket_id}`);
      return {
        ticket_code_id: String(ticket_id),
        order_id: String(order_id),
        event_id,
        qrcode: signCode(gateKey(tenant_id), payload),
        valid_until: new Date(payload.x * 1000),
        ticket_status: state,
      };
    },
  };
};
