import type { Label } from '../../contract/schema.ts';

/** A question that callers of a method ask, and its answer. */
export type Question = { readonly question: Label; readonly answer: Label };

const faq: Readonly<Record<string, readonly Question[]>> = {
  'taobao.film.lottery.performance.config.query': [
    {
      question: { zh: '两次查询之间 consumed_win_times 变了，是不是有缓存？', en: 'Is the stock cached?' },
      answer: {
        zh: '没有缓存。每次返回的都不早于收到请求的时刻，期间有人中奖，数字就会变化。',
        en: 'No. What comes back is never older than the request, so it moves with every win in between.',
      },
    },
    {
      question: { zh: 'platform 填错会怎样？', en: 'What if platform is wrong?' },
      answer: {
        zh: 'return_code 为 200002（渠道与活动不匹配）；spread_id 不存在则为 200001。两者都不是网关错误，应答里没有 error_response。',
        en: 'return_code is 200002; an unknown spread_id gives 200001. Neither is an error of the gateway: there is no error_response.',
      },
    },
    {
      question: { zh: '活动下架后还能查到吗？', en: 'Is an activity still shown when it is off shelf?' },
      answer: {
        zh: '能，status 为 2；此时发放接口会拒绝。',
        en: 'Yes, with status 2; draws are refused then.',
      },
    },
  ],
  'taobao.film.fcode.export.query': [
    {
      question: { zh: '怎样翻页而不漏不重？', en: 'How do I page without missing or repeating a code?' },
      answer: {
        zh: '把应答的 last_sequence 原样放进下一次的 params：{"last_sequence":100,"page_size":1000}。has_next 为 false 说明此刻没有更多；保存游标，以后可从该处继续。',
        en: 'Hand last_sequence of the answer back in params: {"last_sequence":100,"page_size":1000}. has_next false means that nothing more exists now; keep the cursor and go on from it later.',
      },
    },
    {
      question: {
        zh: 'CONSUME 拉取会漏掉并发提交的核销吗？',
        en: 'Can CONSUME miss redemptions that commit at the same time?',
      },
      answer: {
        zh: '不会。核销按提交的先后编号，已经返回过的游标之前不会再出现新的核销。',
        en: 'No. Redemptions are numbered in the order of their commit, so none can appear behind a cursor that was given out.',
      },
    },
    {
      question: { zh: '核销后又撤销的券码在哪里？', en: 'Where is a code whose redemption was reversed?' },
      answer: {
        zh: '撤销后不再出现在 CONSUME 中；再次核销会作为新的一条排在末尾。params 中加上 "reversals":true，撤销也会作为单独的一行返回。',
        en: 'It leaves the list of CONSUME; redeemed again, it appears anew at the end. With "reversals":true in params each reversal is a row of its own too.',
      },
    },
    {
      question: { zh: '批次明明存在，为什么返回 200404？', en: 'The batch exists. Why 200404?' },
      answer: {
        zh: '批次不存在、partner_code 不符、用户没有导出授权，三种情况的应答相同，以免被用来试探。',
        en: 'An unknown batch, a wrong partner_code and a user without the grant get the same answer, so that nobody can probe for batches.',
      },
    },
  ],
  'alibaba.damai.maizuo.openapi.project.detail': [
    {
      question: { zh: '三个 token 从哪里来？', en: 'Where do the three tokens come from?' },
      answer: {
        zh: '运营人员为租户、合作方和渠道分别生成，只在生成时显示一次。沙箱的演示项目使用本页示例中的 token。',
        en: "The operators make one each for tenant, partner and channel, and see it once. The sandbox's demo projects take the tokens of this page's examples.",
      },
    },
    {
      question: { zh: '为什么有的项目没有开始和结束时间？', en: 'Why do some projects have no start and end?' },
      answer: {
        zh: '时间取自项目下的场次；还没有场次时这两个字段缺省，最低与最高票价也是如此。',
        en: 'They follow from the events; without events they are left out, and so are the prices without tiers.',
      },
    },
    {
      question: { zh: '时间是哪种格式？', en: 'Which pattern do the times have?' },
      answer: {
        zh: 'yyyy-MM-dd HH:mm，精确到分，GMT+8，与字段说明一致。别处文档的示例 20190413 11:11:11 与它自己的说明不符，本平台不这样返回。',
        en: 'yyyy-MM-dd HH:mm in GMT+8, as the field says. The example 20190413 11:11:11 of other documents contradicts their own words; it is never answered here.',
      },
    },
    {
      question: { zh: '库存数字之间是什么关系？', en: 'How do the stock figures relate?' },
      answer: {
        zh: 'sale_count + 未支付订单占用 + margin_count = 投放总数，总数见 piaoquan.ticketing.project.get。goods_count 不是库存：它是一份所含的张数，单票为 1，套票为各子票档之和。套票的剩余数受其子票档限制。',
        en: 'sale_count + held by unpaid orders + margin_count = what was put up for sale, which piaoquan.ticketing.project.get tells. goods_count is no stock: it is how many tickets one unit holds, 1 of a plain tier, the sum of its children for a package. The margin of a package is bounded by its children.',
      },
    },
  ],
  'alibaba.ai.content.business.send.plan.query': [
    {
      question: { zh: 'ret_code 到底多少算成功？', en: 'Which ret_code is success?' },
      answer: {
        zh: '0。示例里的 1 只是原文档的样例；本平台的系统错误以 error_response 返回。',
        en: '0. The 1 of the sample is what the original page prints; here a fault of the system comes as error_response.',
      },
    },
    {
      question: {
        zh: '用户已领满，为什么仍能查到计划？',
        en: 'Why is a plan shown to a user who has received it already?',
      },
      answer: {
        zh: '查询只看计划是否在期、在架、适用于该圈选内容；countLimit 与 dayLimit 在领取时判断。带用户查询时，receive_rule 中的 receivedCount 说明该用户已领取几次。',
        en: 'The query asks whether the plan is on offer to the circle; countLimit and dayLimit are judged when it is received. To a user who is named, receivedCount in receive_rule tells how often it was received.',
      },
    },
    {
      question: { zh: 'circle_content 不匹配会报错吗？', en: 'Is a circle_content that does not fit an error?' },
      answer: {
        zh: '查询返回空列表，不报错；领取则返回 1003。',
        en: 'The query answers an empty list; receiving gives 1003.',
      },
    },
  ],
  'taobao.promotion.benefit.selector': [
    {
      question: { zh: '三个步骤分别传什么？', en: 'What does each step need?' },
      answer: {
        zh: 'step=1 不需要其他参数，返回可选类型；step=2 传 config_id（1、4、13、14）或 benefit_type，返回该类型下的权益；step=3 再加 benefit_id，返回单个权益。',
        en: 'step=1 nothing, it gives the types; step=2 config_id (1, 4, 13, 14) or benefit_type, it gives the benefits of that type; step=3 benefit_id as well, it gives that one.',
      },
    },
    {
      question: { zh: '为什么有的类型没有 benefit_type？', en: 'Why do some types have no benefit_type?' },
      answer: {
        zh: '只有支付宝红包有 ALIPAY_COUPON，其它三种没有 benefit_type，用 config_id 查询，即 1、4、13、14。',
        en: 'Only Alipay red packets have one, ALIPAY_COUPON; ask for the other three by config_id: 4, 13, 14.',
      },
    },
    {
      question: { zh: '优酷会员是 2 还是 13？', en: 'Are Youku memberships 2 or 13?' },
      answer: {
        zh: '13，以接口返回为准；有的接口文档写作“优酷会员卡--2”，那是写错了。',
        en: '13, as the method answers. Documents that say 2 are wrong.',
      },
    },
    {
      question: { zh: 'benefit_id 填什么？', en: 'What is benefit_id?' },
      answer: {
        zh: '具体采购的权益的 id，可以认为是采购的主键，通过 step=2 获得。',
        en: 'The id of the very benefit that was bought, its primary key so to say; step=2 gives it.',
      },
    },
    {
      question: { zh: '发放完的权益为什么不见了？', en: 'Where are the used-up benefits?' },
      answer: {
        zh: 'page_query_request 不为 true 时不列出已发完的；分页查询则会保留。',
        en: 'They are left out unless page_query_request is true; lists by pages keep them.',
      },
    },
  ],
};

/** The questions about a method; none for most. */
export const faqOf = (method: string): readonly Question[] => faq[method] ?? [];
