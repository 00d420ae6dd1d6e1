import { Table, type TableColumnType } from 'antd';
import type { TableRowSelection } from 'antd/es/table/interface';
import type { ReactNode } from 'react';
import { fieldsOf, itemOf, type Words } from '../../../../src/contract/schema.ts';
import type { Row } from '../../components/contract-list.tsx';
import { labelOf, Value } from '../../components/value.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useWords } from '../../language.tsx';

type Props = {
  /** A list of order.get's answer: `lines`. */
  readonly part: string;
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly columns?: readonly string[];
  readonly cells?: Readonly<Record<string, (row: Row) => ReactNode>>;
  /** Headings in place of what the contract says of a member. */
  readonly titles?: Readonly<Record<string, Words>>;
  /** Stands there when the list is empty. */
  readonly empty: string;
  readonly selection?: TableRowSelection<Row>;
};

/** A list within an order as a table, its columns from the contract. */
export function PartTable({ part, rows, rowKey, columns, cells = {}, titles = {}, empty, selection }: Props) {
  const t = useWords();
  if (rows.length === 0) return <span className="console-dim">{empty}</span>;
  const fields = fieldsOf(
    itemOf(fieldAt(knownContract('piaoquan.ticketing.order.get').response, `order.${part}`).schema),
  );
  const shown = columns?.flatMap((name) => fields.find((field) => field.name === name) ?? []) ?? fields;
  const own: TableColumnType<Row>[] = shown.map((field) => ({
    key: field.name,
    title: <span title={field.name}>{t(titles[field.name] ?? labelOf(field))}</span>,
    render: (_value, row) => cells[field.name]?.(row) ?? <Value field={field} value={row[field.name]} />,
  }));
  return (
    <Table<Row>
      size="small"
      rowKey={rowKey}
      dataSource={[...rows]}
      columns={own}
      pagination={false}
      scroll={{ x: 'max-content' }}
      {...(selection && { rowSelection: selection })}
    />
  );
}
