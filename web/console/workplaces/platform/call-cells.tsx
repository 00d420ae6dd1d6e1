import type { Row } from '../../components/contract-list.tsx';
import { Tag } from '../../components/tag.tsx';
import { useLanguage, useWords } from '../../language.tsx';

/** What a call record shows otherwise than its contract says, in the list and in detail. */
export const callCells = {
  code: (row: Row) => <Outcome row={row} />,
  duration_us: (row: Row) => `${(Number(row.duration_us) / 1000).toFixed(1)} ms`,
};

function Outcome({ row: { code, sub_code } }: { row: Row }) {
  const t = useWords();
  const { language } = useLanguage();
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
