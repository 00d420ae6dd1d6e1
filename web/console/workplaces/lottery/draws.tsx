import { type ReactNode, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { AnswerOf } from '../../client.ts';
import { ConfirmButton } from '../../components/action.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { SearchForm } from '../../components/search-form.tsx';
import { Nothing } from '../../components/states.tsx';
import { Tag } from '../../components/tag.tsx';
import { instantText } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { pathOf } from './state.ts';

type Draw = AnswerOf<'piaoquan.lottery.draw.list'>['draws'][number];

const COLUMNS = [
  'granted_at',
  'out_biz_id',
  'mix_user_id',
  'reward_title',
  'segment_no',
  'code_count',
  'app_key',
  'invalid_at',
];
const drawKey = ({ platform, app_key, out_biz_id }: Draw): string => `${platform} ${app_key} ${out_biz_id}`;

const cells: Readonly<Record<string, (row: Row) => ReactNode>> = {
  reward_title: (row) => <Won draw={row as Draw} />,
  invalid_at: (row) => <Standing draw={row as Draw} />,
};

/** The wins of one activity, newest first; or those that lack codes, which can be given to all of them. */
export function ActivityDraws({ spread_id }: { spread_id: string }) {
  const t = useLabels();
  const [lacking, setLacking] = useState(false);
  return (
    <Flex vertical gap={12}>
      <Flex gap={12} align="center" wrap>
        <label>
          <input type="checkbox" checked={lacking} onChange={(event) => setLacking(event.target.checked)} />{' '}
          {t({ zh: '只看缺券码的', en: 'Only those that lack codes' })}
        </label>
        {lacking && <CompleteAll spread_id={spread_id} />}
      </Flex>
      <ContractList
        key={String(lacking)}
        method="piaoquan.lottery.activity.draw.list"
        columns={COLUMNS}
        cells={cells}
        fixed={{ spread_id, ...(lacking && { lacks_codes: true }) }}
        rowKey={(row) => drawKey(row as Draw)}
        needs="piaoquan.lottery.draw.invalid"
        actions={(row) => <DrawActions draw={row as Draw} />}
        empty={lacking ? NOTHING_LACKING : NOBODY}
      />
    </Flex>
  );
}

const NOBODY = {
  zh: '还没有人中奖。活动上架且时段开始后，渠道每次抽中都会出现在这里。',
  en: 'Nobody has won yet. Once the activity is on shelf and a segment has begun, every win appears here.',
};
const NOTHING_LACKING = { zh: '没有缺券码的中奖。', en: 'No win lacks codes.' };

/** Gives all wins that lack codes what their batches have. */
function CompleteAll({ spread_id }: { spread_id: string }) {
  return (
    <ConfirmButton
      method="piaoquan.lottery.draw.complete"
      request={{ spread_id }}
      label={{ zh: '全部补发', en: 'Give them their codes' }}
      consequence={{
        zh: '从最早的开始，为缺券码的中奖补发批次中现有的券码，每次最多 500 个中奖。请先补充券码或延长批次有效期。',
        en: 'Wins that lack codes are given what their batches have now, the oldest first, 500 wins a time. Add codes or extend the batch before.',
      }}
    />
  );
}

function DrawActions({ draw }: { draw: Draw }) {
  return (
    <Flex gap={8}>
      <CompleteButton draw={draw} />
      <VoidButton draw={draw} />
    </Flex>
  );
}

function CompleteButton({ draw }: { draw: Draw }) {
  const { spread_id, app_key, out_biz_id, mix_user_id, code_count } = draw;
  if (draw.invalid_at != null || draw.result_code === 1) return null;
  return (
    <ConfirmButton
      method="piaoquan.lottery.draw.complete"
      request={{ spread_id, draw: { app_key, out_biz_id } }}
      label={{ zh: '补发', en: 'Give codes' }}
      consequence={{
        zh: `用户 ${mix_user_id} 的这次中奖（${out_biz_id}）已有 ${code_count} 个券码，所缺的将从批次现有券码中补发；用户再次请求即可取得。`,
        en: `This win of user ${mix_user_id} (${out_biz_id}) has ${code_count} codes; those it lacks are taken from what the batch has now. The user gets them with the next request.`,
      }}
    />
  );
}

/** The search for wins by user or key; what is looked for stands in the address: `?out_biz_id=&mix_user_id=`. */
export function DrawsPage() {
  const t = useLabels();
  const [query, setQuery] = useSearchParams();
  const asked = Object.fromEntries(
    ['out_biz_id', 'mix_user_id'].flatMap((name) => (query.get(name) ? [[name, query.get(name) as string]] : [])),
  );
  const isAsked = Object.keys(asked).length > 0;
  return (
    <Flex vertical gap={16}>
      <h2 className="console-title">{t({ zh: '查中奖记录', en: 'Find wins' })}</h2>
      <SearchForm
        key={query.toString()}
        names={[
          { name: 'out_biz_id', label: { zh: '业务号 out_biz_id', en: 'out_biz_id' }, maxLength: 100 },
          { name: 'mix_user_id', label: { zh: '用户 mix_user_id', en: 'mix_user_id' }, maxLength: 100 },
        ]}
        asked={asked}
        button={{ zh: '查询', en: 'Search' }}
        onSearch={setQuery}
      />
      {isAsked ? (
        <ContractList
          key={query.toString()}
          method="piaoquan.lottery.draw.list"
          columns={['spread_id', ...COLUMNS]}
          cells={{ ...cells, spread_id: (row) => <OfActivity draw={row as Draw} /> }}
          fixed={asked}
          rowKey={(row) => drawKey(row as Draw)}
          needs="piaoquan.lottery.draw.invalid"
          actions={(row) => <DrawActions draw={row as Draw} />}
          empty={{
            zh: '没有中奖记录。未中奖不留记录：想知道原因，请到活动页的「为什么没中」。',
            en: 'No win is found. Draws that win nothing leave none: the tab “Why not?” of the activity tells the reason.',
          }}
        />
      ) : (
        <Nothing
          words={{
            zh: '填写渠道调用时的 out_biz_id，或用户的 mix_user_id（手机号可直接填写完整号码）。',
            en: 'Give the out_biz_id of the call, or the mix_user_id of the user; of a phone number, all digits.',
          }}
        />
      )}
    </Flex>
  );
}

function OfActivity({ draw: { spread_id } }: { draw: Draw }) {
  return (
    <Link to={pathOf(spread_id)} className="console-id">
      {spread_id}
    </Link>
  );
}

function Won({ draw: { prize_no, reward_title, result_code } }: { draw: Draw }) {
  const t = useLabels();
  if (prize_no == null) return <span className="console-dim">{t({ zh: '无奖品', en: 'no prize' })}</span>;
  return (
    <>
      {reward_title} <span className="console-dim">#{prize_no}</span>
      {result_code === 3 && <Tag color="orange">{t({ zh: '缺券码，可重试', en: 'codes missing, retry' })}</Tag>}
      {result_code === 4 && <Tag color="red">{t({ zh: '缺券码，须人工', en: 'codes gone' })}</Tag>}
    </>
  );
}

function Standing({ draw: { invalid_at } }: { draw: Draw }) {
  const t = useLabels();
  if (invalid_at == null) return <Tag color="green">{t({ zh: '有效', en: 'stands' })}</Tag>;
  return (
    <>
      <Tag>{t({ zh: '已作废', en: 'void' })}</Tag>
      <span className="console-number">{instantText(invalid_at)}</span>
    </>
  );
}

function VoidButton({ draw }: { draw: Draw }) {
  const { spread_id, app_key, out_biz_id, mix_user_id, segment_no, prize_no, reward_title, code_count } = draw;
  if (draw.invalid_at != null) return null;
  const prize =
    prize_no == null
      ? { zh: '', en: '' }
      : { zh: ` 与奖品「${reward_title}」`, en: ` and to the prize ${reward_title}` };
  const codes =
    code_count > 0
      ? {
          zh: `，${code_count} 个券码立即失效（已核销则拒绝作废）`,
          en: `; its ${code_count} codes become void at once (refused if one is redeemed)`,
        }
      : { zh: '', en: '' };
  return (
    <ConfirmButton
      method="piaoquan.lottery.draw.invalid"
      request={{ draw: { spread_id, app_key, out_biz_id } }}
      label={{ zh: '作废', en: 'Void' }}
      danger
      consequence={{
        zh: `用户 ${mix_user_id} 的这次中奖（${out_biz_id}）将作废：1 份库存退回时段 ${segment_no}${prize.zh}${codes.zh}。不能恢复。`,
        en: `This win of user ${mix_user_id} (${out_biz_id}) becomes void: 1 unit returns to segment ${segment_no}${prize.en}${codes.en}. It cannot be undone.`,
      }}
    />
  );
}
