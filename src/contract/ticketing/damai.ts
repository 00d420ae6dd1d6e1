import { method } from '../method.ts';
import { dateText, integer, list, optional, struct, text } from '../schema.ts';
import { damaiEventContracts } from './event.ts';
import { eventVo, langType, RESULT_DATA, resultData, SALE_STATES, siteName, TOKEN_RESULTS, tokens } from './fields.ts';
import { damaiOrderContracts } from './order.ts';
import { damaiPayContracts } from './pay.ts';

const projectVo = struct(
  'ProjectVo',
  { zh: '返回数据', en: 'The project; left out unless success is true' },
  {
    project_id: text({ zh: '项目ID', en: 'Project id' }, { example: '32131121' }),
    project_name: text({ zh: '项目名称', en: 'Name of the project' }, { example: '周杰伦演唱会' }),
    project_start_time: optional(
      dateText(
        {
          zh: '项目开始时间,精确到分,格式:yyyy-MM-dd HH:mm',
          en: 'Start of its first show, GMT+8; left out while there is no event',
        },
        'yyyy-MM-dd HH:mm',
        { example: '2019-04-13 11:11' },
      ),
    ),
    project_end_time: optional(
      dateText(
        {
          zh: '项目结束时间,精确到分,格式:yyyy-MM-dd HH:mm',
          en: 'End of its last show, GMT+8; left out while there is no event',
        },
        'yyyy-MM-dd HH:mm',
        { example: '2019-04-13 11:11' },
      ),
    ),
    project_seat_type: integer(
      { zh: '项目座位类型 1=有座、2=无座', en: 'Whether tickets have seats' },
      { example: '1', values: { '1': { zh: '有座', en: 'seated' }, '2': { zh: '无座', en: 'unseated' } } },
    ),
    project_sale_state: integer(
      {
        zh: '项目销售状态:1=待销售;2=销售中;3=销售结束',
        en: 'State of the sale now: on sale when any event is, else to come when any event is',
      },
      { example: '1', values: SALE_STATES },
    ),
    project_type_id: text({ zh: '项目分类ID', en: 'Category id' }, { example: '32131112' }),
    project_img_url: text(
      { zh: '项目图片地址', en: 'Address of the picture' },
      { example: 'http:www.maitix.com/img.jpg' },
    ),
    project_detail: text({ zh: '项目简介', en: 'Introduction' }, { example: '周杰伦北京演唱会' }),
    project_min_price: optional(
      text(
        { zh: '项目最低票价', en: 'Lowest price on offer in fen; left out while there is no tier' },
        { example: '18000' },
      ),
    ),
    project_max_price: optional(
      text(
        { zh: '项目最高票价', en: 'Highest price on offer in fen; left out while there is no tier' },
        { example: '260000' },
      ),
    ),
    event_list: list(eventVo, { zh: '项目下场次信息列表', en: 'Events in order of their start' }),
    site_id: text({ zh: '场馆ID', en: 'Venue id' }, { example: '313131' }),
    site_name: siteName,
  },
);

/** What the answer of project.detail may say, by result_code; result_msg is the same words. */
export const PROJECT_DETAIL_RESULTS = {
  '20': { zh: '成功', en: 'success' },
  ...TOKEN_RESULTS,
  '10210': { zh: '缺少 project_id', en: 'project_id is missing' },
  '10211': { zh: '项目不存在', en: 'no such project of this tenant' },
} as const;

/** One project with its events, price tiers, live stock and discounts, as the calling channel may sell them. */
export const projectDetail = method({
  name: 'alibaba.damai.maizuo.openapi.project.detail',
  category: 'damai',
  title: { zh: '项目信息查询', en: 'Project details' },
  purpose: {
    zh: '获取单个项目信息,返回值包含项目下场次信息列表',
    en: 'Gives one project with its events, price tiers, live stock and discounts.',
  },
  package: 'damai.maizuo',
  session: 'none',
  kind: 'read',
  outcome: RESULT_DATA,
  request: {
    project_param: struct(
      'ProjectParam',
      { zh: '查询项目参数', en: 'Which project, in which language, for whom' },
      {
        project_id: optional(
          text(
            { zh: '项目ID', en: 'Project id; without it the answer is result_code 10210' },
            { example: '32321311', maxLength: 64 },
          ),
        ),
        lang_type: langType,
        ...tokens,
      },
    ),
  },
  response: {
    result_data: resultData(PROJECT_DETAIL_RESULTS, '20', { project_vo: optional(projectVo) }),
  },
});

export const damaiContracts = [
  projectDetail,
  ...damaiEventContracts,
  ...damaiOrderContracts,
  ...damaiPayContracts,
] as const;
