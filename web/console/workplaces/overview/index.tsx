import { formatInstant } from '../../../../src/wire/time.ts';
import { Notice } from '../../components/states.tsx';
import { useLabels } from '../../language.tsx';
import { HourChart, LiveChart } from './charts.tsx';
import { Errors } from './errors.tsx';
import { Figures } from './figures.tsx';
import { type Live, useLive } from './live.ts';
import './overview.css';
import { RunningThings } from './running.tsx';

/** The overview: what happens on the platform at this moment, moved on by the server. */
export default function Overview() {
  const t = useLabels();
  const live = useLive();
  return (
    <div className="overview">
      <div className="overview-title">
        <h2 className="console-title">{t({ zh: '总览', en: 'Overview' })}</h2>
        <State live={live} />
      </div>
      {live.is_lost && <Lost live={live} />}
      <Figures figures={live.figures} />
      <RunningThings stock={live.stock} />
      {/* The library of charts takes a browser as long as all the rest: it comes when the figures are there. */}
      {(live.figures !== undefined || live.is_lost) && (
        <div className="overview-charts">
          <LiveChart beats={live.beats} />
          <HourChart at={live.figures?.at} />
        </div>
      )}
      <Errors counts={live.figures?.errors_last_minute} />
    </div>
  );
}

function State({ live: { is_lost, figures } }: { live: Live }) {
  const t = useLabels();
  const [state, words] = is_lost
    ? (['lost', { zh: '已断开', en: 'lost' }] as const)
    : figures === undefined
      ? (['', { zh: '连接中', en: 'connecting' }] as const)
      : (['live', { zh: '实时', en: 'live' }] as const);
  return <span className={`overview-state ${state}`}>{t(words)}</span>;
}

function Lost({ live: { figures } }: { live: Live }) {
  const t = useLabels();
  const since = figures && formatInstant(new Date(figures.at)).slice(11);
  return (
    <Notice
      kind="warning"
      role="status"
      title={t({ zh: '实时推送已断开，正在自动重连。', en: 'The live stream is lost; reconnecting by itself.' })}
      detail={
        since && t({ zh: `下面是 ${since} 的数字，不再变化。`, en: `What you see is as of ${since} and stands still.` })
      }
    />
  );
}
