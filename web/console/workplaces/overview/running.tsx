import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { LiveStock } from '../../../../src/console/live.ts';
import type { Label } from '../../../../src/contract/schema.ts';
import { formatInstant } from '../../../../src/wire/time.ts';
import { Panel } from '../../components/panel.tsx';
import { Nothing, Waiting } from '../../components/states.tsx';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { paceOf, type Running } from './pace.ts';

type Kind = { readonly words: Label; readonly color: string; readonly to: (ids: readonly string[]) => string };

/** What runs, by the name that the figures give it, and the page that shows it. */
const KINDS: Readonly<Record<string, Kind>> = {
  lottery_segment: {
    words: { zh: '抽奖', en: 'Lottery' },
    color: 'orange',
    to: ([spread_id = '']) => `/lottery/${encodeURIComponent(spread_id)}`,
  },
  ticketing_price: {
    words: { zh: '票务', en: 'Tickets' },
    color: 'blue',
    to: ([project_id = '']) => `/ticketing/${project_id}`,
  },
  sendplan_item: {
    words: { zh: '投放', en: 'Send plan' },
    color: 'purple',
    to: ([plan_id = '']) => `/sendplans/${plan_id}`,
  },
  benefit_template: {
    words: { zh: '权益', en: 'Benefit' },
    color: 'green',
    to: ([user_id = '']) => `/benefits/templates?user_id=${user_id}`,
  },
  voucher_batch: {
    words: { zh: '券码', en: 'Vouchers' },
    color: 'gold',
    to: ([mix_id = '']) => `/vouchers/${encodeURIComponent(mix_id)}`,
  },
};

/** What most pages have room for. */
const SHOWN = 10;
const nobodyTook = '—';

/** Ids never hold a slash but in the first place, where callers chose them. */
function idsOf({ thing, key }: Running): string[] {
  if (thing !== 'lottery_segment') return key.split('/');
  const cut = key.lastIndexOf('/');
  return [key.slice(0, cut), key.slice(cut + 1)];
}

/** A span in the two largest units that it has. */
function spanText(seconds: number, t: (words: Label) => string): string {
  const [s, m, h, d] = [seconds % 60, (seconds / 60) % 60, (seconds / 3600) % 24, seconds / 86_400].map(Math.floor);
  if (d) return t({ zh: `${d} 天 ${h} 小时`, en: `${d} d ${h} h` });
  if (h) return t({ zh: `${h} 小时 ${m} 分`, en: `${h} h ${m} min` });
  if (m) return t({ zh: `${m} 分 ${s} 秒`, en: `${m} min ${s} s` });
  return t({ zh: `${s} 秒`, en: `${s} s` });
}

/** All that runs now and is limited: what is left, how fast it goes, and when it is gone. */
export function RunningThings({ stock }: { stock: readonly LiveStock[] }) {
  const t = useLabels();
  const rows = useMemo(() => paceOf(stock), [stock]);
  return (
    <Panel title={t({ zh: '进行中', en: 'Running now' })}>
      {stock.length === 0 ? <Waiting /> : rows.length === 0 ? <Quiet /> : <Rows rows={rows} />}
    </Panel>
  );
}

function Rows({ rows }: { rows: readonly Running[] }) {
  const t = useLabels();
  const [all, setAll] = useState(false);
  const words = all
    ? { zh: '收起', en: 'Show fewer' }
    : { zh: `全部 ${rows.length} 项`, en: `Show all ${rows.length}` };
  return (
    <>
      <div className="console-table">
        <table>
          <thead>
            <tr>
              <th scope="col">{t({ zh: '名称', en: 'Name' })}</th>
              <th scope="col">{t({ zh: '剩余', en: 'Left' })}</th>
              <th scope="col">{t({ zh: '预计售罄', en: 'Sold out in' })}</th>
              <th scope="col" className="end">
                {t({ zh: '每秒消耗', en: 'Taken a second' })}
              </th>
              <th scope="col">{t({ zh: '结束时间', en: 'Ends at' })}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, all ? rows.length : SHOWN).map((row) => (
              <Row key={`${row.thing} ${row.key}`} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > SHOWN && (
        <button
          type="button"
          className="console-button framed overview-more"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {t(words)}
        </button>
      )}
    </>
  );
}

function Row({ row }: { row: Running }) {
  const { pace, ends_at } = row;
  return (
    <tr>
      <td>
        <Name row={row} />
      </td>
      <td>
        <Left row={row} />
      </td>
      <td>
        <SoldOut row={row} />
      </td>
      <td className="end console-number">{pace === 0 ? nobodyTook : pace.toFixed(pace < 10 ? 1 : 0)}</td>
      <td className="console-number">{formatInstant(new Date(ends_at * 1000))}</td>
    </tr>
  );
}

function Quiet() {
  return (
    <Nothing
      words={{
        zh: '此刻没有进行中的活动。上架一个抽奖、投放计划或权益，或等到开售时间，它的库存与售罄时间就会出现在这里。',
        en: 'Nothing runs at this moment. Put a draw, a plan or a benefit on shelf, or wait for a sale to open: its stock and the time to sell-out appear here.',
      }}
    >
      <Link to="/lottery" className="console-link">
        <LotteryWords />
      </Link>
    </Nothing>
  );
}

function LotteryWords() {
  return useLabels()({ zh: '去抽奖活动', en: 'To the draw activities' });
}

function Name({ row }: { row: Running }) {
  const t = useLabels();
  const kind = KINDS[row.thing];
  const ids = idsOf(row);
  const segment = row.thing === 'lottery_segment' ? t({ zh: ` · 时段 ${ids[1]}`, en: ` · segment ${ids[1]}` }) : '';
  return (
    <div className="overview-name">
      <span className={`console-tag ${kind?.color ?? ''}`}>{kind === undefined ? row.thing : t(kind.words)}</span>{' '}
      <Link to={kind?.to(ids) ?? '/'} className="console-link">
        {row.name}
        {segment}
      </Link>
      <div className="console-id console-dim">{row.key}</div>
    </div>
  );
}

function Left({ row: { stock, stock_left } }: { row: Running }) {
  const t = useLabels();
  const percent = stock === 0 ? 0 : (stock_left / stock) * 100;
  return (
    <div className="overview-left">
      <span className="console-number">
        {grouped(stock_left)} / {grouped(stock)}
      </span>
      <progress
        max={100}
        value={percent}
        className={percent < 10 ? 'overview-bar scarce' : 'overview-bar'}
        aria-label={t({ zh: `剩余 ${percent.toFixed(0)}%`, en: `${percent.toFixed(0)}% left` })}
      />
    </div>
  );
}

function SoldOut({ row: { stock_left, seconds_left, ends_at } }: { row: Running }) {
  const t = useLabels();
  if (stock_left === 0) return <span className="console-tag red">{t({ zh: '已售罄', en: 'sold out' })}</span>;
  if (seconds_left === undefined)
    return <span className="console-dim">{t({ zh: '近 30 秒无消耗', en: 'none taken in 30 s' })}</span>;
  if (Date.now() / 1000 + seconds_left > ends_at)
    return (
      <span className="console-dim">{t({ zh: '按此速度到结束也卖不完', en: 'not before it ends, at this pace' })}</span>
    );
  return <strong>{spanText(seconds_left, t)}</strong>;
}
