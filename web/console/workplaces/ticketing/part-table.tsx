import type { ReactNode } from 'react';
import { fieldsOf, itemOf, type Label } from '../../../../src/contract/schema.ts';
import type { Row } from '../../components/contract-list.tsx';
import { type Column, Table } from '../../components/table.tsx';
import { labelOf, Value } from '../../components/value.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';

/** Rows that can be chosen, by their keys. */
type Selection = {
  readonly chosen: readonly string[];
  readonly choose: (keys: readonly string[]) => void;
  readonly mayChoose: (row: Row) => boolean;
};

type Props = {
  /** A list of order.get's answer: `lines`. */
  readonly part: string;
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly columns?: readonly string[];
  readonly cells?: Readonly<Record<string, (row: Row) => ReactNode>>;
  /** Headings in place of what the contract says of a member. */
  readonly titles?: Readonly<Record<string, Label>>;
  /** Stands there when the list is empty. */
  readonly empty: string;
  readonly selection?: Selection;
};

/** A list within an order as a table, its columns from the contract. */
export function PartTable({ part, rows, rowKey, columns, cells = {}, titles = {}, empty, selection }: Props) {
  const t = useLabels();
  if (rows.length === 0) return <span className="console-dim">{empty}</span>;
  const fields = fieldsOf(
    itemOf(fieldAt(knownContract('piaoquan.ticketing.order.get').response, `order.${part}`).schema),
  );
  const shown = columns?.flatMap((name) => fields.find((field) => field.name === name) ?? []) ?? fields;
  const own: Column<Row>[] = shown.map((field) => ({
    key: field.name,
    title: <span title={field.name}>{t(titles[field.name] ?? labelOf(field))}</span>,
    cell: (row) => cells[field.name]?.(row) ?? <Value field={field} value={row[field.name]} />,
  }));
  return (
    <Table
      small
      rowKey={rowKey}
      rows={rows}
      columns={selection === undefined ? own : [choiceOf(selection, rows, rowKey, t), ...own]}
    />
  );
}

/** The column of boxes, with one for all in its head. */
function choiceOf(
  { chosen, choose, mayChoose }: Selection,
  rows: readonly Row[],
  rowKey: Props['rowKey'],
  t: (words: Label) => string,
): Column<Row> {
  const open = rows.filter(mayChoose).map(rowKey);
  const isAll = open.length > 0 && open.every((key) => chosen.includes(key));
  return {
    key: 'choice',
    title: (
      <input
        type="checkbox"
        aria-label={t({ zh: '全选', en: 'Choose all' })}
        checked={isAll}
        onChange={() => choose(isAll ? [] : open)}
      />
    ),
    cell: (row) => {
      const key = rowKey(row);
      const isChosen = chosen.includes(key);
      return (
        <input
          type="checkbox"
          aria-label={t({ zh: `选择 ${key}`, en: `Choose ${key}` })}
          checked={isChosen}
          disabled={!mayChoose(row)}
          onChange={() => choose(isChosen ? chosen.filter((each) => each !== key) : [...chosen, key])}
        />
      );
    },
  };
}
