import { DownloadOutlined, ReloadOutlined } from '@ant-design/icons';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Label } from '../../../src/contract/schema.ts';
import { type Field, fieldsOf, itemOf } from '../../../src/contract/schema.ts';
import type { MethodName } from '../client.ts';
import { knownContract, rowsField } from '../contracts.ts';
import { saveCsv } from '../csv.ts';
import { useLabels } from '../language.tsx';
import { useSession } from '../session.tsx';
import { PlainButton } from './button.tsx';
import { Filters } from './filters.tsx';
import { Flex } from './flex.tsx';
import { Failure, Nothing, Waiting } from './states.tsx';
import { type Column, Table } from './table.tsx';
import { headingOf, labelOf, Value } from './value.tsx';

/** A row of a list, by the names of its contract. */
export type Row = Readonly<Record<string, unknown>>;
type Page = Readonly<Record<string, unknown>> & { readonly next_cursor?: string };

/** How a page shows a list method. */
export type ContractListProps = {
  /** A `piaoquan.*.list` method: cursor in, next_cursor out. */
  readonly method: string;
  /** Members of a row to show, in this order; all unless given. */
  readonly columns?: readonly string[];
  /** Cells shown otherwise than their contract says, by member. */
  readonly cells?: Readonly<Record<string, (row: Row) => ReactNode>>;
  /** Short headings in place of what the contract says of a member. */
  readonly titles?: Readonly<Record<string, Label>>;
  /** Request fields that the page sets itself, so that no filter is offered for them. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** Filters to begin with, as the address of the page asks. */
  readonly initial?: Readonly<Record<string, unknown>>;
  /** Buttons at the end of a row. */
  readonly actions?: (row: Row) => ReactNode;
  /** The method behind the buttons, so that there is no column of them for a role that may not call it. */
  readonly needs?: MethodName;
  /** Buttons above the list. */
  readonly tools?: ReactNode;
  /** What stands there when nothing was ever made: what it is for and how to begin. */
  readonly empty: Label;
  readonly rowKey: string | ((row: Row) => string);
  /** Milliseconds between looks at the first page; not looked at again unless given. */
  readonly every?: number;
};

/** Rows that the file of a list may have; the export commands give more. */
const MOST_IN_FILE = 10_000;
const PAGE_SIZE = 50;
const NOTHING_FOUND: Label = { zh: '没有符合条件的记录，请放宽筛选。', en: 'Nothing matches. Widen the filters.' };

/**
 * A list method as a table: filters from its request, columns from its answer, pages by cursor, the rows as a CSV file,
 * and views that are kept in the browser.
 */
export function ContractList(props: ContractListProps) {
  const { method, fixed = {}, initial = {}, tools, empty, rowKey, every, needs } = props;
  const t = useLabels();
  const { client, may } = useSession();
  const [filters, setFilters] = useState<Row>(initial);
  const contract = knownContract(method);
  const rows = rowsField(contract);
  const asked = { ...filters, ...fixed };
  const list = useInfiniteQuery({
    queryKey: [method, asked],
    queryFn: ({ pageParam, signal }) =>
      client.call(
        method,
        { ...asked, page_size: PAGE_SIZE, ...(pageParam && { cursor: pageParam }) },
        { signal },
      ) as Promise<Page>,
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor || undefined,
    placeholderData: keepPreviousData,
    ...(every !== undefined && { refetchInterval: every }),
  });
  const found = list.data?.pages.flatMap((page) => (page[rows.name] ?? []) as Row[]) ?? [];
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Flex vertical gap={12}>
      <Flex wrap gap={8} align="center">
        <Filters contract={contract} fixed={Object.keys(fixed)} value={filters} onChange={setFilters} />
        <div className="console-grow" />
        {tools}
        <Flex gap={8}>
          <SaveButton method={method} asked={asked} fields={fieldsOf(itemOf(rows.schema))} rows={rows.name} />
          <PlainButton
            icon={<ReloadOutlined />}
            label={t({ zh: '刷新', en: 'Refresh' })}
            loading={list.isRefetching}
            onClick={() => list.refetch()}
          />
        </Flex>
      </Flex>
      {list.error && found.length === 0 ? (
        <Failure error={list.error} again={() => list.refetch()} />
      ) : list.isPending ? (
        <Waiting />
      ) : (
        <Table
          rowKey={typeof rowKey === 'string' ? (row) => String(row[rowKey]) : rowKey}
          columns={columnsOf(props, rows, needs === undefined || may(needs), t)}
          rows={found}
          empty={<Nothing words={isFiltered ? NOTHING_FOUND : empty} />}
        />
      )}
      {list.hasNextPage && (
        <PlainButton block loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t({ zh: '加载更多', en: 'Load more' })}
        </PlainButton>
      )}
    </Flex>
  );
}

/** Whether a member counts something, so that its digits stand in a column: ids and listed values do not. */
const isQuantity = ({ kind, name, note }: Field): boolean =>
  kind === 'integer' && note.values === undefined && !/(^|_)(id|no)$/.test(name);

function columnsOf(
  { columns, cells = {}, titles = {}, actions }: ContractListProps,
  rows: Field,
  acts: boolean,
  t: ReturnType<typeof useLabels>,
): Column<Row>[] {
  const fields = fieldsOf(itemOf(rows.schema));
  const shown = columns?.flatMap((name) => fields.find((field) => field.name === name) ?? []) ?? fields;
  const own = shown.map((field) => ({
    key: field.name,
    title: <span title={`${field.name} · ${t(labelOf(field))}`}>{t(titles[field.name] ?? headingOf(field))}</span>,
    ...(isQuantity(field) && { className: 'end' }),
    cell: (row: Row) => cells[field.name]?.(row) ?? <Value field={field} value={row[field.name]} />,
  }));
  if (actions === undefined || !acts) return own;
  return [
    ...own,
    { key: 'actions', title: t({ zh: '操作', en: 'Actions' }), className: 'console-stays', cell: actions },
  ];
}

type SaveProps = { method: string; asked: Row; fields: readonly Field[]; rows: string };

/** Reads all pages of the present filters and saves them as a CSV file. */
function SaveButton({ method, asked, fields, rows }: SaveProps) {
  const t = useLabels();
  const { client } = useSession();
  const [read, setRead] = useState<number>();
  const save = async () => {
    const all: Row[] = [];
    setRead(0);
    try {
      for await (const page of client.pages(method, { ...asked, page_size: PAGE_SIZE })) {
        all.push(...((page as Page)[rows] as Row[]));
        setRead(all.length);
        if (all.length >= MOST_IN_FILE) break;
      }
      saveCsv(`${method}.csv`, fields, all);
    } finally {
      setRead(undefined);
    }
  };
  return (
    <PlainButton icon={<DownloadOutlined />} loading={read !== undefined} onClick={save}>
      {read === undefined ? 'CSV' : t({ zh: `已读 ${read} 行`, en: `${read} rows read` })}
    </PlainButton>
  );
}
