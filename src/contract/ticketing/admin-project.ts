import { bool, date, integer, type Label, list, optional, setting, struct, text } from '../schema.ts';

const name = (meaning: Label, example: string, maxLength: number) => text(meaning, { example, maxLength });
const english = (what: Label, maxLength: number) =>
  setting(text({ zh: `英文${what.zh}`, en: `English ${what.en}` }, { maxLength }));
const id = (meaning: Label, example: string) => integer(meaning, { example, minimum: 1 });
const shown = (meaning: Label) => optional(integer(meaning, { minimum: 0 }));
const YES_NO = { '1': { zh: '是', en: 'yes' }, '0': { zh: '否', en: 'no' } } as const;
const MOST_FEN = 100_000_000_000;
const MOST_TICKETS = 100_000_000;

const site = struct(
  'TicketingSite',
  { zh: '场馆', en: 'A venue' },
  {
    site_id: id({ zh: '场馆ID', en: 'Venue id' }, '313131'),
    site_name: name({ zh: '名称', en: 'Name' }, '北京展览馆', 200),
    site_name_en: english({ zh: '名称', en: 'name' }, 200),
  },
);

const discount = struct(
  'TicketingDiscount',
  { zh: '优惠', en: 'A discount' },
  {
    discount_id: id({ zh: '优惠ID', en: 'Discount id within the event' }, '1'),
    discount_type: integer({ zh: '优惠类型', en: 'Kind of discount' }, { example: '1', minimum: 0, maximum: 1000 }),
    discount_type_name: name({ zh: '类型名称', en: 'Name of that kind' }, '优惠码', 100),
    discount_type_name_en: english({ zh: '类型名称', en: 'name of that kind' }, 100),
    discount_name: name({ zh: '名称', en: 'Name' }, '1000-60', 100),
    discount_name_en: english({ zh: '名称', en: 'name' }, 100),
    discount_show_info: name({ zh: '展示信息', en: 'Text to show' }, '1000-60', 500),
    discount_show_info_en: english({ zh: '展示信息', en: 'text to show' }, 500),
    threshold: setting(
      integer(
        {
          zh: '满多少分',
          en: 'From this sum of the order in the event on, fen; without it the discount is only shown',
        },
        { example: '100000', minimum: 1, maximum: MOST_FEN },
      ),
    ),
    amount: setting(
      integer({ zh: '减多少分', en: 'What comes off, fen' }, { example: '6000', minimum: 1, maximum: MOST_FEN }),
    ),
  },
);

const price = struct(
  'TicketingPrice',
  { zh: '票档或套票', en: 'A tier or a package' },
  {
    price_id: id({ zh: '票档ID', en: 'Tier id within the event' }, '90000301'),
    price_name: name({ zh: '名称', en: 'Name' }, '内场', 100),
    price_name_en: english({ zh: '名称', en: 'name' }, 100),
    price: integer({ zh: '价格,分', en: 'Price in fen' }, { example: '128000', minimum: 0, maximum: MOST_FEN }),
    price_color: name({ zh: '颜色', en: 'Colour' }, '#C0392B', 32),
    is_support_free_combination: integer({ zh: '自由组合', en: 'Free combination' }, { example: '0', values: YES_NO }),
    is_coupon_ticket: integer({ zh: '套票', en: 'Whether it is a package' }, { example: '0', values: YES_NO }),
    is_package_only: bool({ zh: '只随套票出售', en: 'Sold in packages only' }, { example: 'false' }),
    goods_count: optional(
      integer(
        { zh: '数量,新票档必填', en: 'How many there are; needed for a new tier, which cannot be changed here later' },
        { example: '200', minimum: 0, maximum: MOST_TICKETS },
      ),
    ),
    sale_count: shown({ zh: '已售(只读)', en: 'Sold; not for saving' }),
    held_count: shown({ zh: '占用(只读)', en: 'Held by unpaid orders; not for saving' }),
    margin_count: shown({
      zh: '剩余(只读)；套票不多于其子票档所能组成的套数',
      en: 'Left, of a package no more than its tiers allow; not for saving',
    }),
    child_list: setting(
      list(
        struct(
          'TicketingPriceChild',
          { zh: '套票组成', en: 'A part of the package' },
          {
            price_id: integer({ zh: '票档ID', en: 'A plain tier of the same event' }, { minimum: 1 }),
            child_num: integer({ zh: '张数', en: 'Tickets of it in one package' }, { minimum: 1, maximum: 100 }),
          },
        ),
        { zh: '套票组成', en: 'What one package holds' },
        { maxItems: 20, unique: ['price_id'] },
      ),
    ),
  },
);

const event = struct(
  'TicketingEvent',
  { zh: '场次', en: 'An event' },
  {
    event_id: id({ zh: '场次ID', en: 'Event id' }, '90000031'),
    event_name: name({ zh: '名称', en: 'Name' }, '首场', 200),
    event_name_en: english({ zh: '名称', en: 'name' }, 200),
    event_show_start_time: date({ zh: '演出开始', en: 'Start of the show, GMT+8' }, { example: '2036-10-01 19:30:00' }),
    event_show_end_time: date({ zh: '演出结束', en: 'End of the show, GMT+8' }, { example: '2036-10-01 22:00:00' }),
    sale_start_time: date({ zh: '开售', en: 'First instant of the sale, GMT+8' }, { example: '2026-01-01 10:00:00' }),
    sale_end_time: date(
      { zh: '停售，含该秒', en: 'Last second of the sale, GMT+8' },
      { example: '2036-10-01 19:30:00' },
    ),
    site_id: id({ zh: '场馆ID', en: 'Venue' }, '313131'),
    site_version_id: id({ zh: '场馆版本ID', en: "Version of the venue's seat plan" }, '3124111'),
    event_limit_type: integer(
      { zh: '实名限制', en: 'Identity documents' },
      {
        example: '0',
        values: {
          '0': { zh: '不限', en: 'none' },
          '1': { zh: '一单一证', en: 'one for an order' },
          '2': { zh: '一票一证', en: 'one for each ticket' },
        },
      },
    ),
    seat_total_num: integer(
      { zh: '座位数', en: 'Seats of the venue' },
      { example: '8000', minimum: 0, maximum: MOST_TICKETS },
    ),
    order_limit: setting(
      integer({ zh: '每单限购张数', en: 'Tickets an order; without it no limit' }, { minimum: 1, maximum: 1000 }),
    ),
    user_limit: setting(
      integer(
        { zh: '每人限购张数', en: 'Tickets a person; without it no limit' },
        { minimum: 1, maximum: MOST_TICKETS },
      ),
    ),
    entry_limit: setting(
      integer(
        { zh: '每票可入场次数,默认1,0为不限', en: 'Entries a ticket, 1 by default; 0 is no limit' },
        { minimum: 0, maximum: 1000 },
      ),
    ),
    gate_open_time: setting(
      date({
        zh: '开放入场时间,默认演出当天零点',
        en: "From when on gates let in, GMT+8; by default the start of the show's day",
      }),
    ),
    status: optional(
      integer({ zh: '上下架(只读)', en: '1 on the shelf, 2 off; not for saving' }, { minimum: 1, maximum: 2 }),
    ),
    discount_list: setting(list(discount, { zh: '优惠', en: 'Discounts' }, { maxItems: 50, unique: ['discount_id'] })),
    price_list: list(price, { zh: '票档', en: 'Tiers and packages' }, { maxItems: 200, unique: ['price_id'] }),
  },
);

/** A project with all its parts, as it is saved and shown. */
export const project = struct(
  'TicketingProject',
  { zh: '项目', en: 'The project' },
  {
    project_id: id({ zh: '项目ID', en: 'Project id' }, '90000003'),
    tenant_id: id({ zh: '租户ID', en: 'Whose project it is' }, '1'),
    project_name: name({ zh: '名称', en: 'Name' }, '票券之夜', 200),
    project_name_en: english({ zh: '名称', en: 'name' }, 200),
    project_detail: name({ zh: '简介', en: 'Introduction' }, '一场演出', 4000),
    project_detail_en: english({ zh: '简介', en: 'introduction' }, 4000),
    project_seat_type: integer(
      { zh: '座位类型', en: 'Whether tickets have seats' },
      { example: '2', values: { '1': { zh: '有座', en: 'seated' }, '2': { zh: '无座', en: 'unseated' } } },
    ),
    project_type_id: id({ zh: '分类ID', en: 'Category' }, '32131112'),
    project_img_url: name({ zh: '图片地址', en: 'Address of the picture' }, 'https://example.com/a.jpg', 500),
    site_id: id({ zh: '场馆ID', en: 'Venue' }, '313131'),
    hold_minutes: setting(
      integer(
        { zh: '占用分钟数', en: "Minutes that unpaid orders hold stock; by default the tenant's" },
        { minimum: 1, maximum: 1440 },
      ),
    ),
    site_list: optional(list(site, { zh: '场馆', en: 'Venues to save along' }, { maxItems: 50, unique: ['site_id'] })),
    event_list: list(event, { zh: '场次', en: 'Events' }, { maxItems: 200, unique: ['event_id'] }),
  },
);
