import { Link } from 'react-router';
import { oddsOf } from '../../../../src/contract/explain.ts';
import { itemOf, type Label } from '../../../../src/contract/schema.ts';
import { Bar } from '../../components/bar.tsx';
import { Flex } from '../../components/flex.tsx';
import { Nothing } from '../../components/states.tsx';
import { type Column, Table } from '../../components/table.tsx';
import { Tag } from '../../components/tag.tsx';
import { percentText, Value, yuan } from '../../components/value.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { PrizeButton, PrizeStockButton } from './forms.tsx';
import { type Activity, type Prize, pathOf, prizeLeft } from './state.ts';

const prizesField = fieldAt(knownContract('piaoquan.lottery.activity.get').response, 'activity.prizes');
const typeField = fieldAt(itemOf(prizesField.schema), 'reward_type');

type Row = Prize & { readonly odds_ppm: number };

/** The odds of each prize at this moment: by weight, among those that have a weight and stock left. */
function withOdds(prizes: readonly Prize[]): Row[] {
  const odds = oddsOf(
    prizes.map((prize) => ({
      ...{ id: prize.prize_no, name: prize.reward_title, weight: prize.weight },
      ...{ left: prizeLeft(prize) ?? null, is_open: prize.weight > 0 && prizeLeft(prize) !== 0 },
    })),
  );
  return prizes.map((prize, index) => ({ ...prize, odds_ppm: odds[index]?.odds_ppm ?? 0 }));
}

/** The prizes of an activity: weights, odds, own stock, and what each brings. */
export function Prizes({ activity }: { activity: Activity }) {
  const t = useLabels();
  return (
    <Flex vertical gap={16}>
      <Flex wrap gap={8} align="center">
        <span className="console-dim console-grow">
          {t({
            zh: '中奖后按权重抽取奖品；自有库存用完的奖品退出，概率按其余奖品的权重重新分配。',
            en: 'A win takes its prize by weight. One whose own stock is used up drops out, and the others share its odds.',
          })}
        </span>
        <PrizeButton activity={activity} />
      </Flex>
      <Table
        rowKey={({ prize_no }) => String(prize_no)}
        rows={withOdds(activity.prizes)}
        columns={columnsOf(activity, t)}
        empty={
          <Nothing
            words={{
              zh: '没有奖品：抽中只扣时段库存，应答不带奖品。添加奖品后按权重抽取。',
              en: 'No prizes: a win takes stock of the segment and brings nothing. Add prizes to have them drawn by weight.',
            }}
          />
        }
      />
    </Flex>
  );
}

function columnsOf(activity: Activity, t: (words: Label) => string): Column<Row>[] {
  const number = (count: number) => <span className="console-number">{grouped(count)}</span>;
  return [
    { key: 'prize_no', title: t({ zh: '奖品号', en: 'No.' }), cell: ({ prize_no }) => prize_no },
    { key: 'title', title: t({ zh: '奖品', en: 'Prize' }), cell: (row) => <Title prize={row} /> },
    { key: 'weight', title: t({ zh: '权重', en: 'Weight' }), className: 'end', cell: ({ weight }) => number(weight) },
    { key: 'odds', title: t({ zh: '此刻概率', en: 'Odds now' }), cell: ({ odds_ppm }) => <Odds ppm={odds_ppm} /> },
    { key: 'own', title: t({ zh: '自有库存剩余', en: 'Own stock left' }), cell: (row) => <OwnStock prize={row} /> },
    {
      key: 'consumed_count',
      title: t({ zh: '有效发放', en: 'Standing wins' }),
      className: 'end',
      cell: ({ consumed_count }) => number(consumed_count ?? 0),
    },
    {
      key: 'cost_price',
      title: t({ zh: '价值（元）', en: 'Value (yuan)' }),
      className: 'end',
      cell: ({ cost_price }) => <span className="console-number">{yuan(cost_price)}</span>,
    },
    { key: 'codes', title: t({ zh: '券码', en: 'Codes' }), cell: (row) => <Codes prize={row} /> },
    {
      key: 'actions',
      title: t({ zh: '操作', en: 'Actions' }),
      className: 'console-stays',
      cell: ({ odds_ppm: _odds, ...prize }) => <Actions activity={activity} prize={prize} />,
    },
  ];
}

function Title({ prize }: { prize: Prize }) {
  const { reward_title, reward_sub_title, reward_count, reward_unit, reward_type } = prize;
  return (
    <div className="lottery-name">
      {reward_title} <Value field={typeField} value={reward_type} />
      <div>
        <span className="console-dim">
          {reward_count} {reward_unit} {reward_sub_title}
        </span>
      </div>
    </div>
  );
}

function Odds({ ppm }: { ppm: number }) {
  const t = useLabels();
  return (
    <div className="lottery-stock">
      <span className="console-number">{percentText(ppm)}</span>
      <Bar percent={ppm / 10_000} label={t({ zh: '此刻概率', en: 'Odds now' })} />
    </div>
  );
}

function OwnStock({ prize }: { prize: Prize }) {
  const t = useLabels();
  const left = prizeLeft(prize);
  if (left === undefined)
    return <span className="console-dim">{t({ zh: '只受时段限制', en: 'none of its own' })}</span>;
  if (left === 0) return <Tag color="red">{t({ zh: '已发完', en: 'used up' })}</Tag>;
  return (
    <span className="console-number">
      {grouped(left)} / {grouped(prize.total_count ?? 0)}
    </span>
  );
}

function Codes({ prize: { mix_id, code_count } }: { prize: Prize }) {
  if (!mix_id) return <span className="console-dim">—</span>;
  return (
    <>
      {code_count} × <Link to={`/vouchers/${encodeURIComponent(mix_id)}`}>{mix_id}</Link>
    </>
  );
}

function Actions({ activity, prize }: { activity: Activity; prize: Prize }) {
  const t = useLabels();
  const { spread_id } = activity;
  return (
    <Flex gap={8} align="center">
      <PrizeButton activity={activity} prize={prize} />
      <PrizeStockButton spread_id={spread_id} prize={prize} />
      <Link to={pathOf(spread_id, `ledger?counter=lottery.consumed_count&no=${prize.prize_no}`)}>
        {t({ zh: '台账', en: 'Ledger' })}
      </Link>
    </Flex>
  );
}
