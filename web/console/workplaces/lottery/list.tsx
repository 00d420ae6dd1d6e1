import { SearchOutlined } from '@ant-design/icons';
import { Link, useNavigate } from 'react-router';
import { Bar } from '../../components/bar.tsx';
import { PlainButton } from '../../components/button.tsx';
import { ContractList } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { Tag } from '../../components/tag.tsx';
import { instantText } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { CreateButton, ShelfButton } from './forms.tsx';
import { isOnShelf, leftOf, pathOf, phaseOf, segmentAt, useActivity } from './state.ts';

type Summary = {
  spread_id: string;
  name: string;
  status: number;
  win_times: number;
  consumed_win_times: number;
};

/** All draw activities. */
export function ActivitiesPage() {
  const t = useLabels();
  const go = useNavigate();
  return (
    <Flex vertical gap={16}>
      <h2 className="console-title">{t({ zh: '抽奖活动', en: 'Draw activities' })}</h2>
      <ContractList
        method="piaoquan.lottery.activity.list"
        columns={['name', 'platform', 'status', 'consumed_win_times', 'user_limit', 'user_day_limit']}
        cells={{
          name: (row) => <Name activity={row as Summary} />,
          status: (row) => <ShelfState activity={row as Summary} />,
          consumed_win_times: (row) => <Used activity={row as Summary} />,
        }}
        titles={{ platform: { zh: '渠道', en: 'Channel' } }}
        needs="piaoquan.lottery.activity.status.update"
        actions={(row) => <ShelfButton activity={row as Summary} left={leftIn(row as Summary)} />}
        tools={
          <>
            <PlainButton icon={<SearchOutlined />} onClick={() => go('/lottery/draws')}>
              {t({ zh: '查中奖记录', en: 'Find wins' })}
            </PlainButton>
            <CreateButton />
          </>
        }
        empty={{
          zh: '还没有抽奖活动。新建一个：给它时段与库存、奖品与权重，再上架，渠道即可用 spread_id 抽奖。',
          en: 'No draw activity yet. Make one: give it segments with stock and prizes with weights, put it on shelf, and channels draw by its spread_id.',
        }}
        rowKey="spread_id"
      />
    </Flex>
  );
}

const leftIn = ({ win_times, consumed_win_times }: Summary): number => win_times - consumed_win_times;

function Name({ activity: { spread_id, name } }: { activity: Summary }) {
  return (
    <div className="lottery-name">
      <Link to={pathOf(spread_id)}>{name}</Link>
      <div>
        <span className="console-dim console-id">{spread_id}</span>
      </div>
    </div>
  );
}

function Used({ activity }: { activity: Summary }) {
  const { win_times, consumed_win_times } = activity;
  const t = useLabels();
  return (
    <div className="lottery-stock">
      <span className="console-number">
        {grouped(consumed_win_times)} / {grouped(win_times)}
      </span>
      <Bar
        percent={win_times === 0 ? 0 : (consumed_win_times / win_times) * 100}
        label={t({ zh: '已消耗比例', en: 'Share used' })}
      />
    </div>
  );
}

function ShelfState({ activity }: { activity: Summary }) {
  const t = useLabels();
  if (!isOnShelf(activity)) return <Tag>{t({ zh: '已下架', en: 'off shelf' })}</Tag>;
  return (
    <>
      <Tag color="green">{t({ zh: '已上架', en: 'on shelf' })}</Tag>
      <SegmentNow spread_id={activity.spread_id} />
    </>
  );
}

/** The segment that holds now with what it has left, or when the next one begins. The list itself knows totals only. */
function SegmentNow({ spread_id }: { spread_id: string }) {
  const t = useLabels();
  const { data } = useActivity(spread_id);
  if (data === undefined) return null;
  const now = Date.now();
  const segment = segmentAt(data.segments, now);
  if (segment === undefined)
    return (
      <div>
        <span className="console-dim">
          {data.segments.length === 0
            ? t({ zh: '没有时段', en: 'no segment' })
            : t({ zh: '时段都已结束', en: 'all segments over' })}
        </span>
      </div>
    );
  const { segment_no } = segment;
  if (phaseOf(segment, now) === 'coming') {
    const start = instantText(segment.start_time);
    return (
      <div>
        <span className="console-dim">{t({ zh: `${start} 开始`, en: `begins ${start}` })}</span>
      </div>
    );
  }
  const left = leftOf(segment);
  return (
    <div>
      <span className={`console-number ${left === 0 ? 'console-bad' : 'console-dim'}`}>
        {left === 0
          ? t({ zh: `时段 ${segment_no} 已发完`, en: `segment ${segment_no} used up` })
          : t({
              zh: `时段 ${segment_no} 剩 ${grouped(left)}`,
              en: `segment ${segment_no}: ${grouped(left)} left`,
            })}
      </span>
    </div>
  );
}
