import { admin, cursor, is_success, next_cursor, page_size } from '../common.ts';
import { type MethodError, method } from '../method.ts';
import { bool, integer, list, optional, setting, struct, text } from '../schema.ts';

/** Why an administration method of sellers refuses. */
const errors = {
  'isv.holder-not-found': {
    cause: { zh: '租户、合作方或渠道不存在', en: 'No such tenant, partner or channel' },
    remedy: { zh: '先保存上级', en: 'Save what it belongs to first' },
  },
  'isv.holder-moved': {
    cause: { zh: '合作方不能更换租户,渠道不能更换合作方', en: 'A partner keeps its tenant and a channel its partner' },
    remedy: { zh: '使用新的ID', en: 'Take another id' },
  },
  'isv.event-not-found': {
    cause: { zh: '场次不存在', en: 'No such event' },
    remedy: { zh: '检查 event_id', en: 'Check event_id' },
  },
  'isv.price-not-found': {
    cause: { zh: '场次没有该票档', en: 'The event has no such tier' },
    remedy: { zh: '检查 price_id', en: 'Check price_id' },
  },
} as const satisfies Record<string, MethodError>;

const tenant_id = integer({ zh: '租户ID', en: 'Tenant id' }, { example: '3', minimum: 1 });
const ptnr_id = integer({ zh: '合作方ID', en: 'Partner id' }, { example: '3', minimum: 1 });
const channel_id = integer({ zh: '渠道ID', en: 'Channel id' }, { example: '3', minimum: 1 });
const label = text({ zh: '名称', en: 'Name' }, { example: '演示', maxLength: 100 });
/** Creates or changes a tenant. */
export const tenantSave = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.tenant.save',
  title: { zh: '保存租户', en: 'Save a tenant' },
  purpose: { zh: '新建或修改主办方租户', en: 'Creates or changes an organiser.' },
  kind: 'write',
  request: {
    tenant_id,
    tenant_name: label,
    hold_minutes: setting(
      integer(
        { zh: '占用分钟数,默认15', en: 'Minutes that unpaid orders hold stock; 15 by default' },
        { example: '15', minimum: 1, maximum: 1440 },
      ),
    ),
  },
  response: { is_success },
});

/** Creates or changes a partner of a tenant. */
const ptnrSave = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.ptnr.save',
  title: { zh: '保存合作方', en: 'Save a partner' },
  purpose: { zh: '新建或修改租户的合作方', en: 'Creates or changes a partner of a tenant.' },
  kind: 'write',
  request: { ptnr_id, tenant_id, ptnr_name: label },
  response: { is_success },
});

/** Creates or changes a sales channel of a partner. */
const channelSave = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.channel.save',
  title: { zh: '保存渠道', en: 'Save a channel' },
  purpose: { zh: '新建或修改合作方的渠道', en: 'Creates or changes a sales channel of a partner.' },
  kind: 'write',
  request: { channel_id, ptnr_id, channel_name: label },
  response: { is_success },
});

/** Who sells: tenants with their partners and channels. */
const channelList = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.channel.list',
  title: { zh: '渠道列表', en: 'List channels' },
  purpose: { zh: '分页列出租户、合作方与渠道', en: 'Lists tenants with their partners and channels.' },
  kind: 'read',
  request: {
    tenant_id: optional(tenant_id),
    cursor: cursor(64),
    page_size,
  },
  response: {
    channels: list(
      struct(
        'TicketingChannel',
        { zh: '渠道', en: 'A channel, or a tenant or partner without one' },
        {
          tenant_id,
          tenant_name: label,
          hold_minutes: integer({ zh: '占用分钟数', en: 'Minutes that unpaid orders hold stock' }, { example: '15' }),
          ptnr_id: optional(ptnr_id),
          ptnr_name: optional(label),
          channel_id: optional(channel_id),
          channel_name: optional(label),
        },
      ),
      { zh: '渠道', en: 'Channels' },
    ),
    next_cursor,
  },
});

/** Makes a token, which is shown this once and takes the place of the one before. */
export const tokenCreate = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.token.create',
  title: { zh: '生成凭证', en: 'Make a token' },
  purpose: {
    zh: '为租户、合作方或渠道生成凭证,旧凭证立即失效;凭证只显示一次',
    en: 'Makes the token of a tenant, partner or channel. It is shown this once; the one before ends at once.',
  },
  kind: 'write',
  request: {
    holder: text(
      { zh: '持有者', en: 'Whose token' },
      {
        example: 'channel',
        values: {
          tenant: { zh: '租户', en: 'a tenant' },
          ptnr: { zh: '合作方', en: 'a partner' },
          channel: { zh: '渠道', en: 'a channel' },
        },
      },
    ),
    holder_id: integer({ zh: '持有者ID', en: 'Its id' }, { example: '3', minimum: 1 }),
  },
  response: { token: text({ zh: '凭证', en: 'The token; keep it, it is not shown again' }, { example: 'Qm7xW0cRk4' }) },
});

/** Says what a channel may sell of an event. */
const channelAuthorizeSave = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.channel.authorize.save',
  title: { zh: '渠道授权', en: 'Authorise a channel' },
  purpose: {
    zh: '授权或取消渠道销售场次,并可对个别票档另行规定;给出票档列表时,未列出的票档随场次',
    en: 'Allows or forbids a channel an event, and tiers of it that differ. Of a list that is given, tiers not named follow the event.',
  },
  kind: 'write',
  request: {
    channel_id,
    event_id: integer({ zh: '场次ID', en: 'Event id' }, { example: '90000011', minimum: 1 }),
    authorized: bool({ zh: '是否授权场次', en: 'Whether it may sell the event' }, { example: 'true' }),
    price_list: setting(
      list(
        struct(
          'TicketingPriceAuthorization',
          { zh: '票档授权', en: 'A tier' },
          {
            price_id: integer({ zh: '票档ID', en: 'Tier id' }, { example: '90000103', minimum: 1 }),
            authorized: bool({ zh: '是否授权', en: 'Whether it may sell the tier' }, { example: 'false' }),
          },
        ),
        { zh: '另行规定的票档', en: 'Tiers that differ from the event' },
        { maxItems: 200, unique: ['price_id'] },
      ),
    ),
  },
  response: { is_success },
});

/** The administration of sellers. */
export const adminChannelContracts = [
  tenantSave,
  ptnrSave,
  channelSave,
  channelList,
  tokenCreate,
  channelAuthorizeSave,
] as const;
