import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Panel } from '../../components/panel.tsx';
import { useLabels, useLanguage } from '../../language.tsx';
import { grouped } from '../../numbers.ts';

/** The call log of one error; figures know errors without a sub_code by their code, which has two digits at most. */
const logOf = (word: string): string =>
  `/platform/calls?${/^\d{1,2}$/.test(word) ? 'code' : 'sub_code'}=${encodeURIComponent(word)}`;

/** The errors of the last minute by sub_code, the most frequent first, each with the way to its calls and its entry. */
export function Errors({ counts }: { counts: Readonly<Record<string, number>> | undefined }) {
  const t = useLabels();
  const rows = Object.entries(counts ?? {}).sort(([, a], [, b]) => b - a);
  return (
    <Panel title={t({ zh: '最近一分钟的错误', en: 'Errors of the last minute' })}>
      {rows.length === 0 ? (
        <span className="console-dim">
          {counts === undefined ? '—' : t({ zh: '最近一分钟没有错误。', en: 'No errors in the last minute.' })}
        </span>
      ) : (
        <Rows rows={rows} />
      )}
    </Panel>
  );
}

function Rows({ rows }: { rows: readonly (readonly [word: string, times: number])[] }) {
  const t = useLabels();
  const { language } = useLanguage();
  // The contracts are large, and errors are rare.
  const { data: causes } = useQuery({
    queryKey: ['causes'],
    queryFn: async () => (await import('./causes.ts')).causes,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="console-table overview-errors">
      <table>
        <thead>
          <tr>
            <th scope="col">sub_code</th>
            <th scope="col" className="end">
              {t({ zh: '次数', en: 'Times' })}
            </th>
            <th scope="col">{t({ zh: '说明', en: 'About it' })}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([word, times]) => (
            <tr key={word}>
              <td>
                <Link to={logOf(word)} className="console-id console-link">
                  {word}
                </Link>
                <div className="console-dim">{causes?.get(word)?.[language]}</div>
              </td>
              <td className="end console-number">{grouped(times)}</td>
              <td>
                <a className="console-link" href={`/${language}/errors#${encodeURIComponent(word)}`}>
                  {t({ zh: '文档', en: 'Docs' })}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
