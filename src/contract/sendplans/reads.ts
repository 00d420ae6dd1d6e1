import { method } from '../method.ts';
import { integer, list, optional, struct, text } from '../schema.ts';

/** The circles to which plans belong. */
export const circleList = method({
  category: 'admin',
  package: 'piaoquan.admin',
  session: 'none',
  kind: 'read',
  name: 'piaoquan.sendplan.circle.list',
  title: { zh: '人群列表', en: 'List circles' },
  purpose: { zh: '分页列出合作方及其人群。', en: 'Partners with their circles, by pages.' },
  request: {
    isv_id: optional(integer({ zh: 'isvId', en: 'Only of this partner' }, { minimum: 1 })),
    cursor: optional(text({ zh: '上一页返回的 next_cursor', en: 'next_cursor of the page before' }, { maxLength: 64 })),
    page_size: optional(
      integer({ zh: '每页条数,默认50', en: 'Rows a page, 50 unless given' }, { minimum: 1, maximum: 200 }),
    ),
  },
  response: {
    circles: list(
      struct(
        'SendPlanCircleInfo',
        { zh: '人群', en: 'A circle' },
        {
          isv_id: integer({ zh: 'isvId', en: 'Partner' }, { example: '1' }),
          isv_name: text({ zh: '合作方名称', en: "The partner's name" }, { example: '内容方' }),
          circle_id: integer({ zh: '人群id', en: 'Circle' }, { example: '1' }),
          circle_name: text({ zh: '人群名称', en: 'Name of the circle' }, { example: '人群' }),
          circle_contents: list(text({ zh: '圈选内容', en: 'A content' }, { example: 'ass' }), {
            zh: '接受的内容，空为任意',
            en: 'The contents it accepts; empty: any',
          }),
          plan_count: integer({ zh: '计划数', en: 'How many plans it has' }, { example: '1' }),
        },
      ),
      { zh: '人群，按合作方与人群id', en: 'By partner and circle' },
    ),
    next_cursor: optional(
      text({ zh: '下一页的游标,没有下一页时不返回', en: 'Where the next page begins; absent on the last page' }),
    ),
  },
});

/** What the console reads of the send plans beside their administration. */
export const sendplanReadContracts = [circleList] as const;
