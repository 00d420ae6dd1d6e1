import { useNavigate } from 'react-router';
import type { Label } from '../../../../src/contract/schema.ts';
import { itemOf } from '../../../../src/contract/schema.ts';
import { TopError } from '../../../../src/sdk/errors.ts';
import { ApiError } from '../../api.ts';
import { ConfirmButton, FormButton, shelving } from '../../components/action.tsx';
import { Notice } from '../../components/states.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';
import { type Activity, isOnShelf, leftOf, type Prize, pathOf, prizeLeft, type Segment } from './state.ts';

const SAVE = 'piaoquan.lottery.activity.save';
const asked = knownContract(SAVE).request;
const activitySchema = fieldAt(asked, 'activity').schema;
const segmentSchema = itemOf(fieldAt(asked, 'activity.segments').schema);
const prizeSchema = itemOf(fieldAt(asked, 'activity.prizes').schema);

type Values = Readonly<Record<string, unknown>>;
type Labelled = { readonly label?: Label };

const EXISTS: Label = {
  zh: '这个活动 ID 已被使用。请换一个；要修改已有活动，请到它的详情页。',
  en: 'This id is taken. Choose another one; to change the activity that has it, open its page.',
};
const SPREAD_ID_BYTES = 8;
const randomText = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(36).padStart(2, '0')).join('');
const newSpreadId = (): string => `prizePool_${randomText(SPREAD_ID_BYTES)}`;

/** Makes a new activity; with `from`, as a copy of that one. */
export function CreateButton({ from, label }: Labelled & { from?: Activity }) {
  const t = useLabels();
  const go = useNavigate();
  const { client } = useSession();
  const isCopy = from !== undefined;
  // Saving an id that exists would change that activity.
  const refuseExisting = async (spread_id: string): Promise<void> => {
    const found = await client.call('piaoquan.lottery.activity.get', { spread_id }).catch((error) => {
      if (error instanceof TopError && error.sub_code === 'isv.activity-not-found') return undefined;
      throw error;
    });
    if (found !== undefined) throw new ApiError(409, { code: 'activity-exists', message: EXISTS, field: 'spread_id' });
  };
  return (
    <FormButton
      method={SAVE}
      label={label ?? { zh: '新建活动', en: 'New activity' }}
      button={{ type: isCopy ? 'default' : 'primary' }}
      schema={activitySchema}
      initial={isCopy ? copyOf(from, t) : { spread_id: newSpreadId(), platform: 8, segments: [{ segment_no: 1 }] }}
      wishes={{
        hidden: ['segments.consumed_win_times', 'prizes.consumed_count'],
        required: ['segments.win_times'],
      }}
      toRequest={async (activity) => {
        await refuseExisting(String(activity.spread_id));
        return { activity };
      }}
      onDone={(_answer, request) => go(pathOf(String((request.activity as Values).spread_id)))}
    >
      <Note
        words={{
          zh: '新活动先是下架状态，保存后核对无误再上架。时段首尾两秒都包含在内，时段之间不能重叠；时间均为 GMT+8。',
          en: 'A new activity is off shelf: look it over, then put it on. Both bounds belong to a segment and segments may not overlap. Times are GMT+8.',
        }}
      />
    </FormButton>
  );
}

function copyOf(activity: Activity, t: (words: Label) => string): Values {
  const { status: _status, segments, prizes, ...basics } = activity;
  return {
    ...basics,
    spread_id: newSpreadId(),
    name: t({ zh: `${activity.name}（副本）`, en: `${activity.name} (copy)` }),
    segments: segments.map(({ consumed_win_times: _used, ...segment }) => segment),
    prizes: prizes.map(({ consumed_count: _used, ...prize }) => prize),
  };
}

/** Changes name and limits of an activity. */
export function EditButton({ activity }: { activity: Activity }) {
  return (
    <FormButton
      method={SAVE}
      label={{ zh: '修改', en: 'Edit' }}
      schema={activitySchema}
      initial={activity}
      wishes={{ fixed: ['spread_id', 'platform'], hidden: ['segments', 'prizes'] }}
      toRequest={(values) => ({ activity: values })}
    />
  );
}

/** A request that changes one part of an activity and leaves the others as they are. */
const partRequest = ({ spread_id, platform, name }: Activity, part: Values): Values => ({
  activity: { spread_id, platform, name, ...part },
});

const next = (numbers: readonly number[]): number => Math.max(0, ...numbers) + 1;
const SMALL = { size: 'small' } as const;

/** Changes the times of a segment, or adds one when none is given. */
export function SegmentButton({ activity, segment }: { activity: Activity; segment?: Segment }) {
  const isNew = segment === undefined;
  return (
    <FormButton
      method={SAVE}
      label={isNew ? { zh: '添加时段', en: 'Add a segment' } : { zh: '改时间', en: 'Edit times' }}
      button={isNew ? {} : SMALL}
      schema={segmentSchema}
      initial={segment ?? { segment_no: next(activity.segments.map(({ segment_no }) => segment_no)) }}
      wishes={
        isNew
          ? { hidden: ['consumed_win_times'], required: ['win_times'] }
          : { fixed: ['segment_no'], hidden: ['win_times', 'consumed_win_times'] }
      }
      toRequest={(values) => partRequest(activity, { segments: [values] })}
    />
  );
}

/** Changes a prize, or adds one when none is given. */
export function PrizeButton({ activity, prize }: { activity: Activity; prize?: Prize }) {
  const isNew = prize === undefined;
  return (
    <FormButton
      method={SAVE}
      label={isNew ? { zh: '添加奖品', en: 'Add a prize' } : { zh: '修改', en: 'Edit' }}
      button={isNew ? {} : SMALL}
      schema={prizeSchema}
      initial={prize ?? { prize_no: next(activity.prizes.map(({ prize_no }) => prize_no)) }}
      wishes={
        isNew ? { hidden: ['consumed_count'] } : { fixed: ['prize_no'], hidden: ['total_count', 'consumed_count'] }
      }
      toRequest={(values) => partRequest(activity, { prizes: [values] })}
    >
      <Note
        words={{
          zh: '改动从保存后的下一次抽奖起生效，已中的奖不变。权重设为 0 即不再抽中。',
          en: 'A change holds from the next draw on; what is won already stays as it is. Weight 0 is never drawn.',
        }}
      />
    </FormButton>
  );
}

/** Adds to the stock of a segment or takes from it. */
export function SegmentStockButton({ spread_id, segment }: { spread_id: string; segment: Segment }) {
  return (
    <FormButton
      method="piaoquan.lottery.segment.stock.adjust"
      label={{ zh: '调库存', en: 'Adjust stock' }}
      button={SMALL}
      keyName="adjust_id"
      extra={{ spread_id, segment_no: segment.segment_no }}
    >
      <StockNote stock={segment.win_times ?? 0} left={leftOf(segment)} />
    </FormButton>
  );
}

/** Adds to the own stock of a prize or takes from it; nothing for a prize that the segments alone limit. */
export function PrizeStockButton({ spread_id, prize }: { spread_id: string; prize: Prize }) {
  const left = prizeLeft(prize);
  if (left === undefined) return null;
  return (
    <FormButton
      method="piaoquan.lottery.prize.stock.adjust"
      label={{ zh: '调库存', en: 'Adjust stock' }}
      button={SMALL}
      keyName="adjust_id"
      extra={{ spread_id, prize_no: prize.prize_no }}
    >
      <StockNote stock={prize.total_count ?? 0} left={left} />
    </FormButton>
  );
}

function StockNote({ stock, left }: { stock: number; left: number }) {
  const [all, rest, used] = [stock, left, stock - left].map((count) => grouped(count));
  return (
    <Note
      words={{
        zh: `现有库存 ${all}，已发 ${used}，剩余 ${rest}：最多可减 ${rest}，减到 0 后即抽不中。每次调整都记入台账。`,
        en: `Stock ${all}, given ${used}, left ${rest}: at most ${rest} can be taken away, and with 0 left nothing is won. Each change is entered in the ledger.`,
      }}
    />
  );
}

function Note({ words }: { words: Label }) {
  const t = useLabels();
  return (
    <div className="lottery-note">
      <Notice kind="info" title={t(words)} role="status" />
    </div>
  );
}

type Shelved = Pick<Activity, 'spread_id' | 'name' | 'status'>;

type ShelfProps = { activity: Shelved; left: number; size?: 'small' | 'middle' };

/** Puts an activity on shelf or takes it off. */
export function ShelfButton({ activity, left, size = 'small' }: ShelfProps) {
  const { spread_id, name } = activity;
  const rest = grouped(left);
  const isOn = isOnShelf(activity);
  return (
    <ConfirmButton
      method="piaoquan.lottery.activity.status.update"
      request={{ spread_id, status: isOn ? 2 : 1 }}
      {...shelving(isOn)}
      button={{ size }}
      consequence={
        isOn
          ? {
              zh: `「${name}」下架后立即停止发奖，正在进行的抽奖处理完为止。剩余 ${rest} 份库存保留，已中的奖不受影响，随时可再上架。`,
              en: `Nothing is won from “${name}” once it is off shelf. The ${rest} units left stay, and so does what is won already; it can be put on again at any time.`,
            }
          : {
              zh: `「${name}」上架后，用户在各时段内即可抽奖。所有时段合计剩余 ${rest} 份。`,
              en: `Once “${name}” is on shelf, users can draw within its segments. All segments together have ${rest} units left.`,
            }
      }
    />
  );
}
