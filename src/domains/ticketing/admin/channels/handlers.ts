import { randomBytes } from 'node:crypto';
import { fault, type Handlers } from '../../../../contract/method.ts';
import { type adminChannelContracts, tokenCreate } from '../../../../contract/ticketing/admin-channels.ts';
import { logged } from '../../../../database/change-log.ts';
import { hasState, SQLSTATE } from '../../../../database/errors.ts';
import type { Sql } from '../../../../database/pool.ts';
import type { Vault } from '../../../../secrets/vault.ts';
import { joinedCursor, pageOf } from '../../../paging.ts';
import { TOKEN_PURPOSE } from '../../queries.ts';
import {
  authorize,
  findSellers,
  type Holder,
  projectOfEvent,
  type Seller,
  saveChannel,
  savePtnr,
  saveTenant,
  setToken,
} from './queries.ts';

const TOKEN_BYTES = 24;

const refused = (sub_code: keyof typeof tokenCreate.errors) => fault(tokenCreate, sub_code);

/** Turns a missing parent into the method's own error. */
async function withParent<T>(write: Promise<T>, sub_code: keyof typeof tokenCreate.errors): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw hasState(error, SQLSTATE.foreignKeyViolation) ? refused(sub_code) : error;
  }
}

const SELLERS = joinedCursor('.', { tenant: 'number', ptnr: 'number', channel: 'number' });
const cursorAfter = ({ tenant_id, ptnr_id, channel_id }: Seller): string =>
  SELLERS.write({ tenant: tenant_id, ptnr: ptnr_id ?? 0, channel: channel_id ?? 0 });

/** The administration of tenants, partners, channels, their tokens and rights. */
export const adminChannelHandlers = ({
  sql,
  vault,
}: {
  sql: Sql;
  vault: Vault;
}): Handlers<typeof adminChannelContracts> => {
  const drawToken = () => randomBytes(TOKEN_BYTES).toString('base64url');
  const hash = (token: string) => vault.hash(TOKEN_PURPOSE, token);
  /** What a new holder begins with: nobody knows the token of this hash. */
  const unknownToken = () => hash(drawToken());
  return {
    'piaoquan.ticketing.tenant.save': async (tenant, context) => {
      const row = ['ticketing_tenant', { tenant_id: tenant.tenant_id }] as const;
      await sql.begin((tx) => logged(tx, context, [row], () => saveTenant(tx, tenant, unknownToken())));
      return { is_success: true };
    },
    'piaoquan.ticketing.ptnr.save': async (ptnr, context) => {
      const row = ['ticketing_ptnr', { ptnr_id: ptnr.ptnr_id }] as const;
      const saving = sql.begin((tx) => logged(tx, context, [row], () => savePtnr(tx, ptnr, unknownToken())));
      if (!(await withParent(saving, 'isv.holder-not-found'))) throw refused('isv.holder-moved');
      return { is_success: true };
    },
    'piaoquan.ticketing.channel.save': async (channel, context) => {
      const row = ['ticketing_channel', { channel_id: channel.channel_id }] as const;
      const saving = sql.begin((tx) => logged(tx, context, [row], () => saveChannel(tx, channel, unknownToken())));
      if (!(await withParent(saving, 'isv.holder-not-found'))) throw refused('isv.holder-moved');
      return { is_success: true };
    },
    'piaoquan.ticketing.channel.list': async ({ tenant_id, cursor, page_size }) => {
      const { tenant, ptnr, channel } = SELLERS.read(cursor) ?? { tenant: 0, ptnr: 0, channel: 0 };
      const find = (limit: number) => findSellers(sql, [tenant, ptnr, channel], limit, tenant_id);
      const page = await pageOf(page_size, find, cursorAfter);
      return { channels: page.rows, next_cursor: page.next_cursor };
    },
    'piaoquan.ticketing.token.create': async ({ holder, holder_id }, context) => {
      const token = drawToken();
      const row = [`ticketing_${holder}`, { [`${holder}_id`]: holder_id }] as const;
      const set = await sql.begin((tx) =>
        logged(tx, context, [row], () => setToken(tx, holder as Holder, holder_id, hash(token))),
      );
      if (!set) throw refused('isv.holder-not-found');
      return { token };
    },
    'piaoquan.ticketing.channel.authorize.save': async ({ channel_id, event_id, authorized, price_list }, context) => {
      const project_id = await projectOfEvent(sql, event_id);
      if (project_id === undefined) throw refused('isv.event-not-found');
      // A tier named twice has the last word.
      const named = [...new Map((price_list ?? []).map((price) => [price.price_id, price])).values()];
      const prices = price_list === undefined ? undefined : named;
      const place = { channel_id, project_id, event_id };
      const rows = [
        ['ticketing_channel_event', { channel_id, event_id }],
        ['ticketing_channel_price', place, { price_id: named.map(({ price_id }) => price_id) }],
      ] as const;
      const saving = sql.begin((tx) => logged(tx, context, rows, () => authorize(tx, place, authorized, prices)));
      await saving.catch((error) => {
        if (!hasState(error, SQLSTATE.foreignKeyViolation)) throw error;
        throw refused(error.table === 'ticketing_channel_event' ? 'isv.holder-not-found' : 'isv.price-not-found');
      });
      return { is_success: true };
    },
  };
};
