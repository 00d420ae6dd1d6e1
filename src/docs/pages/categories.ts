import { adminGroups } from '../../contract/catalogue.ts';
import type { Category, Contract } from '../../contract/method.ts';
import type { Label } from '../../contract/schema.ts';

/** The categories in the order of the documentation, with what each is about. */
export const categories: Readonly<Record<Category, { readonly title: Label; readonly summary: Label }>> = {
  film: {
    title: { zh: '电影票', en: 'Film' },
    summary: {
      zh: '抽奖活动的配置、发放与作废，券码批次的导出与直发。',
      en: 'Prize campaigns with their draws, and voucher codes: export and issue.',
    },
  },
  damai: {
    title: { zh: '大麦', en: 'Damai' },
    summary: {
      zh: '演出项目、场次、票档与实时库存，下单、支付回调与电子票。',
      en: 'Shows with events, price tiers and live stock; orders, payments and ticket codes.',
    },
  },
  genie: {
    title: { zh: '天猫精灵', en: 'Tmall Genie' },
    summary: {
      zh: '内容权益的发放计划查询与领取，会员充值与连续包状态。',
      en: 'Benefit plans of partners, receiving them, and memberships.',
    },
  },
  benefit: {
    title: { zh: '营销权益', en: 'Benefits' },
    summary: {
      zh: '卖家的权益选择、关联活动与发放。',
      en: "A seller's benefits, the activities they belong to, and sending them.",
    },
  },
  platform: {
    title: { zh: '平台', en: 'Platform' },
    summary: { zh: '平台时间、接入点与访问令牌。', en: 'Server time, address table and access tokens.' },
  },
  admin: {
    title: { zh: '管理', en: 'Administration' },
    summary: {
      zh: '活动、券码、演出、计划、权益模板与应用的管理接口，供运营人员与内部系统使用。',
      en: 'For operators and their systems: activities, codes, shows, plans, templates, apps and limits.',
    },
  },
};

/** Methods that stand together below a heading. */
export type Group = { readonly id: string; readonly title: Label; readonly contracts: readonly Contract[] };

/** The methods of a category, and of administration in groups by what they administer. */
export function groupsOf(contracts: readonly Contract[], category: Category): Group[] {
  const own = contracts.filter((contract) => contract.category === category);
  const nameOf = ({ name }: Contract) => (name.startsWith('piaoquan.') ? (name.split('.')[1] as string) : category);
  return [...Map.groupBy(own, nameOf)].map(([id, members]) => ({
    id,
    title: (adminGroups as Readonly<Record<string, Label>>)[id] ?? { zh: id, en: id },
    contracts: members,
  }));
}

/** The categories that hold a method, in order. */
export const usedCategories = (contracts: readonly Contract[]): Category[] =>
  (Object.keys(categories) as Category[]).filter((each) => contracts.some(({ category }) => category === each));
