import { REFUSED, refusalWords } from '../../../../src/contract/outcome.ts';
import type { Row } from '../../components/contract-list.tsx';
import { Tag } from '../../components/tag.tsx';
import { contractOf } from '../../contracts.ts';
import { useLabels, useLanguage } from '../../language.tsx';

/** What a call record shows otherwise than its contract says, in the list and in detail. */
export const callCells = {
  code: (row: Row) => <Outcome row={row} />,
  sub_code: (row: Row) => <SubCode row={row} />,
  duration_us: (row: Row) => `${(Number(row.duration_us) / 1000).toFixed(1)} ms`,
};

/** A sub_code, or the business code of a refusal with what the contract says of it. */
function SubCode({ row: { code, sub_code, method } }: { row: Row }) {
  const t = useLabels();
  if (sub_code == null) return <span className="console-dim">—</span>;
  const contract = code === REFUSED ? contractOf(String(method)) : undefined;
  const words = contract && refusalWords(contract, String(sub_code));
  return (
    <>
      <span className="console-id">{String(sub_code)}</span>
      {words !== undefined && <div className="console-dim">{t(words)}</div>}
    </>
  );
}

function Outcome({ row: { code, sub_code, method } }: { row: Row }) {
  const t = useLabels();
  const { language } = useLanguage();
  if (code === REFUSED)
    return (
      <a href={`/${language}/api/${method}#errors`}>
        <Tag color="red">{t({ zh: '业务拒绝', en: 'refused' })}</Tag>
      </a>
    );
  if (code === 0) return <Tag color="green">{t({ zh: '成功', en: 'answered' })}</Tag>;
  return (
    <a href={`/${language}/errors#${sub_code ?? code}`}>
      <Tag color="red">{String(code)}</Tag>
    </a>
  );
}

/** Where the API tool opens for a call: with its parameters where a sandbox may still have them, else with the example. */
export function toolAddress(language: string, row: Row, sandbox: boolean): string {
  const replay = sandbox && row.operator === undefined ? `?replay=${row.request_id}` : '';
  return `/${language}/api/${row.method}${replay}#tool`;
}
