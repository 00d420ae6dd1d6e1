import type { Label } from '../../../../src/contract/schema.ts';
import { Figure } from '../../components/figure.tsx';
import { Flex } from '../../components/flex.tsx';
import { Failure, Waiting } from '../../components/states.tsx';
import { useLabels } from '../../language.tsx';
import { useBoard } from './batch-info.ts';

/** The states of codes, in the order of their life; each code is in one of them. */
const STATES = [
  { state: 'unbound', words: { zh: '未绑定', en: 'not bound' }, isSampled: true },
  { state: 'bound', words: { zh: '已绑定', en: 'bound' }, isSampled: true },
  { state: 'consumed', words: { zh: '已核销', en: 'redeemed' }, isSampled: false },
  { state: 'expired', words: { zh: '已过期', en: 'expired' }, isSampled: true },
  { state: 'voided', words: { zh: '已作废', en: 'voided' }, isSampled: false },
] as const satisfies readonly { state: string; words: Label; isSampled: boolean }[];

/** How many codes of a batch stand in each state now. */
export function Board({ mix_id }: { mix_id: string }) {
  const t = useLabels();
  const { data, error, refetch } = useBoard(mix_id);
  if (data === undefined) return error === null ? <Waiting /> : <Failure error={error} again={() => refetch()} />;
  const { total_count, issued_count, is_estimate } = data;
  const shares = STATES.map((each) => ({ ...each, count: data[`${each.state}_count`] }));
  return (
    <Flex vertical gap={12}>
      <div className="vouchers-board">
        <Figure title={t({ zh: '券码总数', en: 'Codes' })} value={total_count} />
        <Figure title={t({ zh: '已发放', en: 'Issued' })} value={issued_count} />
        {shares.map(({ state, words, isSampled, count }) => (
          <Figure
            key={state}
            title={
              <>
                <span className={`vouchers-dot vouchers-${state}`} />
                {t(words)}
              </>
            }
            value={count}
            prefix={is_estimate && isSampled ? '≈ ' : ''}
          />
        ))}
      </div>
      {total_count > 0 && (
        <div
          className="vouchers-bar"
          role="img"
          aria-label={shares.map(({ words, count }) => `${t(words)} ${count}`).join(', ')}
        >
          {shares.map(({ state, count }) => (
            <span key={state} className={`vouchers-${state}`} style={{ flexGrow: count }} />
          ))}
        </div>
      )}
      {is_estimate && (
        <span className="console-dim">
          {t({
            zh: '批次超过一百万个券码：带 ≈ 的数按抽样估计，其余精确。',
            en: 'The batch has over a million codes: figures with ≈ are estimated by a sample, the others are exact.',
          })}
        </span>
      )}
    </Flex>
  );
}
