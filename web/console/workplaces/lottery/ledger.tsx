import { useSearchParams } from 'react-router';
import type { Label } from '../../../../src/contract/schema.ts';
import { ContractList } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { useLabels } from '../../language.tsx';
import type { Activity } from './state.ts';

type Choice = { readonly counter: string; readonly no: number; readonly words: Label };

/** Every counter of an activity: of each segment two, of each prize one or two. */
function countersOf({ segments, prizes }: Activity): Choice[] {
  return [
    ...segments.flatMap(({ segment_no: no }) => [
      { counter: 'lottery.win_times', no, words: { zh: `时段 ${no} · 库存`, en: `Segment ${no}: stock` } },
      {
        counter: 'lottery.consumed_win_times',
        no,
        words: { zh: `时段 ${no} · 已消耗`, en: `Segment ${no}: wins given` },
      },
    ]),
    ...prizes.flatMap(({ prize_no: no, reward_title, total_count }) => [
      ...(total_count == null
        ? []
        : [
            {
              counter: 'lottery.total_count',
              no,
              words: { zh: `奖品 ${no}「${reward_title}」· 库存`, en: `Prize ${no}, ${reward_title}: own stock` },
            },
          ]),
      {
        counter: 'lottery.consumed_count',
        no,
        words: { zh: `奖品 ${no}「${reward_title}」· 有效发放`, en: `Prize ${no}, ${reward_title}: standing wins` },
      },
    ]),
  ];
}

const nameOf = ({ counter, no }: Pick<Choice, 'counter' | 'no'>): string => `${counter}/${no}`;

/** Every entry behind a counter of an activity; which one stands in the address. */
export function Ledger({ activity }: { activity: Activity }) {
  const t = useLabels();
  const [query, setQuery] = useSearchParams();
  const counters = countersOf(activity);
  const asked = nameOf({ counter: query.get('counter') ?? '', no: Number(query.get('no')) });
  const chosen = counters.find((each) => nameOf(each) === asked) ?? counters[0];
  if (chosen === undefined) return null;
  const choose = (name: string) => {
    const { counter, no } = counters.find((each) => nameOf(each) === name) as Choice;
    setQuery({ counter, no: String(no) }, { replace: true });
  };
  return (
    <Flex vertical gap={12}>
      <select
        value={nameOf(chosen)}
        onChange={({ target }) => choose(target.value)}
        className="console-input lottery-counter"
        aria-label={t({ zh: '计数', en: 'Counter' })}
      >
        {counters.map((each) => (
          <option key={nameOf(each)} value={nameOf(each)}>
            {t(each.words)}
          </option>
        ))}
      </select>
      <ContractList
        key={nameOf(chosen)}
        method="piaoquan.ledger.list"
        fixed={{ counter: chosen.counter, key: `${activity.spread_id}/${chosen.no}` }}
        rowKey={(row) => `${row.kind} ${row.ref} ${Number(row.entered_at)}`}
        empty={{ zh: '这个计数还没有变动。', en: 'This counter has not moved yet.' }}
      />
    </Flex>
  );
}
