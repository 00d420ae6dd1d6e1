import { Card, Table, Typography } from 'antd';
import { Link } from 'react-router';
import { catalogue } from '../../../../src/contract/catalogue.ts';
import { type ErrorEntry, platformErrors } from '../../../../src/contract/error-table.ts';
import type { Contract } from '../../../../src/contract/method.ts';
import type { Words } from '../../../../src/contract/schema.ts';
import { useLanguage, useWords } from '../../language.tsx';

const causes = new Map<string, Words>([
  ...catalogue.flatMap((contract: Contract) =>
    Object.entries(contract.errors).map(([sub_code, { cause }]) => [sub_code, cause] as const),
  ),
  ...Object.values(platformErrors).map(
    ({ code, sub_code, cause }: ErrorEntry) => [sub_code ?? String(code), cause] as const,
  ),
]);

/** The call log of one error; figures know errors without a sub_code by their code. */
const logOf = (word: string): string =>
  `/platform/calls?${/^\d+$/.test(word) ? 'code' : 'sub_code'}=${encodeURIComponent(word)}`;

/** The errors of the last minute by sub_code, the most frequent first, each with the way to its calls and its entry. */
export function Errors({ counts }: { counts: Readonly<Record<string, number>> | undefined }) {
  const t = useWords();
  const { language } = useLanguage();
  const rows = Object.entries(counts ?? {}).sort(([, a], [, b]) => b - a);
  return (
    <Card size="small" title={t({ zh: '最近一分钟的错误', en: 'Errors of the last minute' })}>
      {rows.length === 0 ? (
        <Typography.Text type="secondary">
          {counts === undefined ? '—' : t({ zh: '最近一分钟没有错误。', en: 'No errors in the last minute.' })}
        </Typography.Text>
      ) : (
        <Table
          size="small"
          pagination={false}
          scroll={{ x: 'max-content', y: 320 }}
          rowKey={([word]) => word}
          dataSource={rows}
          columns={[
            {
              title: 'sub_code',
              render: (_value, [word]) => (
                <>
                  <Link to={logOf(word)} className="console-id">
                    {word}
                  </Link>
                  <div>
                    <Typography.Text type="secondary">{causes.get(word)?.[language]}</Typography.Text>
                  </div>
                </>
              ),
            },
            {
              title: t({ zh: '次数', en: 'Times' }),
              align: 'end',
              render: (_value, [, times]) => <span className="console-number">{times.toLocaleString('en')}</span>,
            },
            {
              title: t({ zh: '说明', en: 'About it' }),
              render: (_value, [word]) => (
                <a href={`/${language}/errors#${encodeURIComponent(word)}`}>{t({ zh: '文档', en: 'Docs' })}</a>
              ),
            },
          ]}
        />
      )}
    </Card>
  );
}
