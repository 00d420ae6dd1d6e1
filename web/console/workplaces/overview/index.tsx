import { Alert, Badge, Flex, Typography } from 'antd';
import { formatInstant } from '../../../../src/wire/time.ts';
import { useWords } from '../../language.tsx';
import { HourChart, LiveChart } from './charts.tsx';
import { Errors } from './errors.tsx';
import { Figures } from './figures.tsx';
import { type Live, useLive } from './live.ts';
import './overview.css';
import { RunningThings } from './running.tsx';

/** The overview: what happens on the platform at this moment, moved on by the server. */
export default function Overview() {
  const t = useWords();
  const live = useLive();
  return (
    <Flex vertical gap={16}>
      <Flex align="baseline" gap={16} wrap>
        <Typography.Title level={2}>{t({ zh: '总览', en: 'Overview' })}</Typography.Title>
        <State live={live} />
      </Flex>
      {live.is_lost && <Lost live={live} />}
      <Figures figures={live.figures} />
      <RunningThings stock={live.stock} />
      <div className="overview-charts">
        <LiveChart beats={live.beats} />
        <HourChart at={live.figures?.at} />
      </div>
      <Errors counts={live.figures?.errors_last_minute} />
    </Flex>
  );
}

function State({ live: { is_lost, figures } }: { live: Live }) {
  const t = useWords();
  if (is_lost) return <Badge status="error" text={t({ zh: '已断开', en: 'lost' })} />;
  if (figures === undefined) return <Badge status="default" text={t({ zh: '连接中', en: 'connecting' })} />;
  return <Badge status="processing" text={t({ zh: '实时', en: 'live' })} />;
}

function Lost({ live: { figures } }: { live: Live }) {
  const t = useWords();
  const since = figures && formatInstant(new Date(figures.at)).slice(11);
  return (
    <Alert
      type="warning"
      showIcon
      role="status"
      title={t({ zh: '实时推送已断开，正在自动重连。', en: 'The live stream is lost; reconnecting by itself.' })}
      description={
        since && t({ zh: `下面是 ${since} 的数字，不再变化。`, en: `What you see is as of ${since} and stands still.` })
      }
    />
  );
}
