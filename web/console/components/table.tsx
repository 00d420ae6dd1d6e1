import type { ReactNode } from 'react';

/** A column of a table. `className`: `end` for what is counted, `console-stays` for what stays in sight of a wide table. */
export type Column<Row> = {
  readonly key: string;
  readonly title: ReactNode;
  readonly className?: string;
  readonly cell: (row: Row) => ReactNode;
};

type Props<Row> = {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** What stands there instead of rows. */
  readonly empty?: ReactNode;
  /** The row that was chosen, by its key. */
  readonly chosen?: string | undefined;
  /** Within a part of the page, where rows stand closer. */
  readonly small?: boolean;
};

/** The rows of a list; it scrolls within where the page is narrower. */
export function Table<Row>({ columns, rows, rowKey, empty, chosen, small = false }: Props<Row>) {
  return (
    <div className={`console-table console-list ${small ? 'small' : ''}`}>
      <table>
        <thead>
          <tr>
            {columns.map(({ key, title, className }) => (
              <th key={key} scope="col" className={className}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className={rowKey(row) === chosen ? 'chosen' : undefined}>
              {columns.map(({ key, className, cell }) => (
                <td key={key} className={className}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && empty}
    </div>
  );
}
