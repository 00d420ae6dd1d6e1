import { adminRead, cursor, next_cursor, page_size } from '../common.ts';
import { method } from '../method.ts';
import { integer, list, optional, struct, text } from '../schema.ts';

/** The circles to which plans belong. */
const circleList = method({
  ...adminRead,
  name: 'piaoquan.sendplan.circle.list',
  title: { zh: '人群列表', en: 'List circles' },
  purpose: { zh: '分页列出合作方及其人群。', en: 'Partners with their circles, by pages.' },
  request: {
    isv_id: optional(integer({ zh: 'isvId', en: 'Only of this partner' }, { minimum: 1 })),
    cursor: cursor(64),
    page_size,
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
    next_cursor,
  },
});

/** What the console reads of the send plans beside their administration. */
export const sendplanReadContracts = [circleList] as const;
