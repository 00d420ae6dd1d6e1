import { DownloadOutlined } from '@ant-design/icons';
import { Button, Flex, Table } from 'antd';
import { fieldsOf, itemOf } from '../../../../src/contract/schema.ts';
import { Tag } from '../../components/tag.tsx';
import { idText } from '../../components/value.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { saveCsv } from '../../csv.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import type { CodeResult } from './operate.tsx';

const list = fieldAt(knownContract('piaoquan.voucher.code.void').response, 'results');
const fields = fieldsOf(itemOf(list.schema));
const words = fields.find(({ name }) => name === 'result')?.note.values ?? {};

/** What became of each code: how many of each result, those that failed first, and all of it as a file. */
export function Results({ results, name }: { results: readonly CodeResult[]; name: string }) {
  const t = useLabels();
  const said = (result: string): string => t(words[result] ?? { zh: result, en: result });
  const counts = Object.entries(Object.groupBy(results, ({ result }) => result));
  const failedFirst = results.toSorted((a, b) => Number(a.result === 'OK') - Number(b.result === 'OK'));
  return (
    <Flex vertical gap={12} role="status">
      <Flex wrap gap={8} align="center">
        {counts.map(([result, each = []]) => (
          <Tag key={result} color={result === 'OK' ? 'green' : 'red'}>
            {said(result)} {grouped(each.length)}
          </Tag>
        ))}
        <div className="console-grow" />
        <Button size="small" icon={<DownloadOutlined />} onClick={() => saveCsv(`${name}.csv`, fields, results)}>
          CSV
        </Button>
      </Flex>
      <Table<CodeResult>
        rowKey="code"
        size="small"
        dataSource={failedFirst}
        pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t({ zh: '券码', en: 'Code' }), dataIndex: 'code', render: idText },
          {
            title: t({ zh: '结果', en: 'Result' }),
            render: (_none, { result }) => <Tag color={result === 'OK' ? 'green' : 'red'}>{said(result)}</Tag>,
          },
        ]}
      />
    </Flex>
  );
}
