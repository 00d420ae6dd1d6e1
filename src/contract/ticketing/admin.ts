import { admin, cursor, is_success, next_cursor, page_size } from '../common.ts';
import { type MethodError, method } from '../method.ts';
import { integer, list, optional, struct, text } from '../schema.ts';
import { adminChannelContracts } from './admin-channels.ts';
import { gateTicketContracts } from './admin-gate.ts';
import { adminOrderContracts } from './admin-orders.ts';
import { adminPaymentContracts } from './admin-payments.ts';
import { project } from './admin-project.ts';

/** Why an administration method of projects refuses. */
const errors = {
  'isv.tenant-not-found': {
    cause: { zh: '租户不存在', en: 'No such tenant' },
    remedy: { zh: '先保存租户', en: 'Save the tenant first' },
  },
  'isv.site-not-found': {
    cause: { zh: '场馆不存在', en: 'No such venue' },
    remedy: { zh: '在 site_list 中一并保存场馆', en: 'Bring the venue in site_list' },
  },
  'isv.project-not-found': {
    cause: { zh: '项目不存在', en: 'No such project' },
    remedy: { zh: '检查 project_id', en: 'Check project_id' },
  },
  'isv.project-of-other-tenant': {
    cause: { zh: '项目属于另一租户', en: 'The project belongs to another tenant' },
    remedy: { zh: '项目不能更换租户', en: 'A project keeps its tenant; take another project_id' },
  },
  'isv.event-not-found': {
    cause: { zh: '场次不存在', en: 'No such event' },
    remedy: { zh: '检查 event_id', en: 'Check event_id' },
  },
  'isv.event-of-other-project': {
    cause: { zh: '场次属于另一项目', en: 'An event belongs to another project' },
    remedy: { zh: '场次不能更换项目', en: 'An event keeps its project; take another event_id' },
  },
  'isv.event-over': {
    cause: { zh: '场次的演出或销售已经结束', en: 'The show or the sale of an event is over already' },
    remedy: {
      zh: '检查 event_show_end_time 与 sale_end_time；已结束的场次请保持原样',
      en: 'Check event_show_end_time and sale_end_time; leave those of an event that is over as they are',
    },
  },
  'isv.price-not-found': {
    cause: { zh: '票档不存在', en: 'No such tier' },
    remedy: {
      zh: '检查 price_id；套票只能含同场次的普通票档',
      en: 'Check price_id; packages hold plain tiers of their event',
    },
  },
  'isv.price-kind-fixed': {
    cause: { zh: '普通票档与套票不能互换', en: 'A tier cannot become a package, nor a package a tier' },
    remedy: { zh: '另建票档', en: 'Make a new tier' },
  },
  'isv.project-contradicts': {
    cause: { zh: '项目内容自相矛盾', en: 'The parts of the project contradict each other' },
    remedy: { zh: '修正 sub_msg 指出的字段', en: 'Correct the field that sub_msg names' },
  },
  'isv.stock-by-adjust': {
    cause: {
      zh: '已有票档的 goods_count 只能用 price.stock.adjust 调整',
      en: 'The goods_count of a tier changes by price.stock.adjust only',
    },
    remedy: { zh: '去掉 goods_count 或保持不变', en: 'Leave goods_count out or as it is' },
  },
  'isv.stock-out-of-range': {
    cause: { zh: '数量不能低于已售与占用之和', en: 'Fewer tickets than are sold and held' },
    remedy: { zh: '检查 delta', en: 'Check delta' },
  },
  'isv.adjust-conflict': {
    cause: { zh: 'adjust_id 已用于其他调整', en: 'The adjust_id was used for another change' },
    remedy: { zh: '每次调整使用新的 adjust_id', en: 'Give each change an adjust_id of its own' },
  },
} as const satisfies Record<string, MethodError>;

const project_id = integer({ zh: '项目ID', en: 'Project id' }, { example: '90000001', minimum: 1 });
const event_id = integer({ zh: '场次ID', en: 'Event id' }, { example: '90000011', minimum: 1 });
/** Creates or changes a project with its events, tiers, packages and discounts. */
export const projectSave = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.project.save',
  title: { zh: '保存项目', en: 'Save a project' },
  purpose: {
    zh: '新建或修改项目及其场次、票档、套票、优惠;未列出的场次与票档保持不变,列出的场次的优惠与套票组成整体替换',
    en: 'Creates or changes a project. Events and tiers not named stay as they are; discounts of an event and the tiers of a package are replaced as a whole.',
  },
  kind: 'write',
  request: { project },
  response: { is_success },
});

/** One project as it is stored, with the counters of its tiers. */
export const projectGet = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.project.get',
  title: { zh: '查询项目', en: 'Get a project' },
  purpose: { zh: '按保存时的结构返回项目,附票档的实时数量', en: 'Gives a project as it was saved, with live stock.' },
  kind: 'read',
  request: { project_id },
  response: { project },
});

/** Projects page by page. */
export const projectList = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.project.list',
  title: { zh: '项目列表', en: 'List projects' },
  purpose: { zh: '分页列出项目', en: 'Lists projects in order of their ids.' },
  kind: 'read',
  request: {
    tenant_id: optional(integer({ zh: '租户ID', en: 'Only of this tenant' }, { example: '1', minimum: 1 })),
    project_name: optional(text({ zh: '名称包含', en: 'Only with this in the name' }, { maxLength: 100 })),
    cursor: cursor(64),
    page_size,
  },
  response: {
    projects: list(
      struct(
        'TicketingProjectBrief',
        { zh: '项目', en: 'A project' },
        {
          project_id,
          tenant_id: integer({ zh: '租户ID', en: 'Tenant' }, { example: '1' }),
          project_name: text({ zh: '名称', en: 'Name' }, { example: '票券之夜' }),
          project_seat_type: integer({ zh: '座位类型', en: '1 seated, 2 unseated' }, { example: '1' }),
          event_count: integer({ zh: '场次数', en: 'How many events it has' }, { example: '1' }),
        },
      ),
      { zh: '项目', en: 'Projects' },
    ),
    next_cursor,
  },
});

/** Puts an event on the shelf or takes it off. */
export const eventStatusUpdate = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.event.status.update',
  title: { zh: '场次上下架', en: 'Put an event on or off the shelf' },
  purpose: {
    zh: '下架的场次不展示、不出售,闸机不放行;已售的票保留,重新上架后可入场,未支付订单仍可支付',
    en: 'An event off the shelf is neither shown nor sold, and gates let nobody in; its tickets are kept and let in once it is back, and its unpaid orders may be paid.',
  },
  kind: 'write',
  request: {
    event_id,
    status: integer(
      { zh: '状态', en: 'State' },
      { example: '1', values: { '1': { zh: '上架', en: 'on shelf' }, '2': { zh: '下架', en: 'off shelf' } } },
    ),
  },
  response: { is_success },
});

/** Changes how many tickets a tier has, or how many packages. */
export const priceStockAdjust = method({
  ...admin,
  errors,
  name: 'piaoquan.ticketing.price.stock.adjust',
  title: { zh: '调整票档库存', en: "Adjust a tier's stock" },
  purpose: { zh: '增减票档或套票的数量,记入台账', en: 'Adds to or takes from a tier or package; kept in the ledger.' },
  kind: 'write',
  request: {
    event_id,
    price_id: integer({ zh: '票档ID', en: 'Tier id' }, { example: '90000101', minimum: 1 }),
    delta: integer(
      { zh: '增减数量', en: 'How many more, or with a minus fewer' },
      { example: '10', minimum: -1_000_000_000, maximum: 1_000_000_000 },
    ),
    reason: text({ zh: '原因', en: 'Why' }, { example: '加座', maxLength: 500 }),
    adjust_id: text(
      {
        zh: '调整流水号，在票档内唯一，不分应用：相同内容重复提交只生效一次，内容不同则拒绝',
        en: 'Number of this change, one for its tier whichever app calls: the same change sent again counts once, another is refused',
      },
      { example: 'adj-0001', maxLength: 64 },
    ),
  },
  response: { is_success },
});

/** The administration of ticketing and what gates call. */
export const adminTicketingContracts = [
  projectSave,
  projectGet,
  projectList,
  eventStatusUpdate,
  priceStockAdjust,
  ...adminChannelContracts,
  ...adminOrderContracts,
  ...adminPaymentContracts,
  ...gateTicketContracts,
] as const;
