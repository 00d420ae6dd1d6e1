import { Link, useParams } from 'react-router';
import { TopError } from '../../../../src/sdk/errors.ts';
import { Copyable } from '../../components/copyable.tsx';
import { Figure } from '../../components/figure.tsx';
import { Flex } from '../../components/flex.tsx';
import { Failure, Nothing, Waiting } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { Tag } from '../../components/tag.tsx';
import { whyNot } from '../../components/why-not-part.ts';
import { useLabels } from '../../language.tsx';
import { ActivityDraws } from './draws.tsx';
import { Fairness, wholeOf } from './fairness.tsx';
import { CreateButton, EditButton, ShelfButton } from './forms.tsx';
import { Ledger } from './ledger.tsx';
import { Prizes } from './prizes.tsx';
import { Segments } from './segments.tsx';
import { useStat } from './stat.ts';
import { type Activity, isOnShelf, leftOf, pathOf, phaseOf, segmentAt, total, useActivity } from './state.ts';

/** One activity: its stock, prizes, wins, fairness, why-not and ledgers. */
export function ActivityPage() {
  const t = useLabels();
  const { spread_id = '', tab } = useParams();
  const { data, error, refetch } = useActivity(spread_id);
  // Asked for beside the activity, not after it: all wins are counted.
  useStat(wholeOf(spread_id), undefined, tab === 'fairness');
  if (data !== undefined) return <Shown activity={data} />;
  if (error === null) return <Waiting />;
  if (!(error instanceof TopError && error.sub_code === 'isv.activity-not-found'))
    return <Failure error={error} again={() => refetch()} />;
  return (
    <Nothing words={{ zh: `没有活动 ${spread_id}。`, en: `There is no activity ${spread_id}.` }}>
      <Link to="/lottery">{t({ zh: '回到活动列表', en: 'Back to the list' })}</Link>
    </Nothing>
  );
}

function Shown({ activity }: { activity: Activity }) {
  return (
    <Flex vertical gap={16}>
      <Head activity={activity} />
      <Sums activity={activity} />
      <Parts activity={activity} />
    </Flex>
  );
}

function Head({ activity }: { activity: Activity }) {
  const t = useLabels();
  const { spread_id, name, segments } = activity;
  const isOn = isOnShelf(activity);
  return (
    <Flex wrap gap={8} align="center">
      <div className="lottery-head">
        <Flex wrap gap={12} align="baseline">
          <h2 className="console-title">{name}</h2>
          <Tag color={isOn ? 'green' : 'default'}>
            {isOn ? t({ zh: '已上架', en: 'on shelf' }) : t({ zh: '已下架', en: 'off shelf' })}
          </Tag>
        </Flex>
        <div className="console-dim">
          <Copyable text={spread_id} />
        </div>
      </div>
      <Flex wrap gap={8}>
        <EditButton activity={activity} />
        <CreateButton from={activity} label={{ zh: '复制', en: 'Clone' }} />
        <ShelfButton activity={activity} left={total(segments, leftOf)} size="middle" />
      </Flex>
    </Flex>
  );
}

function Sums({ activity: { segments, platform, user_limit, user_day_limit } }: { activity: Activity }) {
  const t = useLabels();
  const now = Date.now();
  const segment = segmentAt(segments, now);
  const holds = segment !== undefined && phaseOf(segment, now) === 'now';
  const none = t({ zh: '不限', en: 'none' });
  return (
    <div className="lottery-sums">
      <Figure
        title={
          holds
            ? t({ zh: `时段 ${segment.segment_no} 剩余`, en: `Left in segment ${segment.segment_no}` })
            : t({ zh: '当前时段', en: 'Segment now' })
        }
        value={holds ? leftOf(segment) : t({ zh: '无', en: 'none' })}
      />
      <Figure title={t({ zh: '全部时段剩余', en: 'Left in all segments' })} value={total(segments, leftOf)} />
      <Figure
        title={t({ zh: '已发放', en: 'Wins given' })}
        value={total(segments, (each) => each.consumed_win_times ?? 0)}
      />
      <Figure
        title={t({ zh: '每人 / 每人每日上限', en: 'Limit per user / per day' })}
        value={`${user_limit ?? none} / ${user_day_limit ?? none}`}
      />
      <Figure title={t({ zh: '渠道', en: 'Channel' })} value={String(platform)} />
    </div>
  );
}

function Parts({ activity }: { activity: Activity }) {
  const t = useLabels();
  const { tab = 'segments' } = useParams();
  const { spread_id } = activity;
  const parts = [
    { key: 'segments', label: t({ zh: '时段与库存', en: 'Segments' }), children: <Segments activity={activity} /> },
    { key: 'prizes', label: t({ zh: '奖品与概率', en: 'Prizes' }), children: <Prizes activity={activity} /> },
    { key: 'draws', label: t({ zh: '中奖记录', en: 'Wins' }), children: <ActivityDraws spread_id={spread_id} /> },
    { key: 'fairness', label: t({ zh: '公平性', en: 'Fairness' }), children: <Fairness spread_id={spread_id} /> },
    {
      key: 'why-not',
      label: t({ zh: '为什么没中', en: 'Why not?' }),
      children: (
        <whyNot.Shown
          method="piaoquan.lottery.draw.explain"
          initial={{ spread_id }}
          wishes={{ fixed: ['spread_id'] }}
        />
      ),
    },
    { key: 'ledger', label: t({ zh: '台账', en: 'Ledger' }), children: <Ledger activity={activity} /> },
  ];
  return <Tabs tabs={parts} chosen={tab} pathOf={(key) => pathOf(spread_id, key === 'segments' ? '' : key)} />;
}
