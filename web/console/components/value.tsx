import { Tag, Typography } from 'antd';
import type { Field } from '../../../src/contract/schema.ts';
import { formatInstant } from '../../../src/wire/time.ts';
import { useWords } from '../language.tsx';

const COLOURS: Readonly<Record<string, string>> = {
  '1': 'green',
  '0': 'default',
  '2': 'default',
  '-1': 'orange',
  '-2': 'red',
};

/** Fen as yuan: 12345 → 123.45. */
export const yuan = (fen: number): string => (fen / 100).toFixed(2);

/** An instant in GMT+8, to the second. */
export const instantText = (instant: Date): string => formatInstant(instant);

/** A value of an answer as its contract means it: listed values by their words, instants in GMT+8, numbers in columns. */
export function Value({ field, value }: { field: Field; value: unknown }) {
  const t = useWords();
  if (value === undefined || value === null || value === '')
    return <Typography.Text type="secondary">—</Typography.Text>;
  const words = field.note.values?.[String(value)];
  if (words !== undefined) return <Tag color={COLOURS[String(value)] ?? 'blue'}>{t(words)}</Tag>;
  if (value instanceof Date) return <span className="console-number">{instantText(value)}</span>;
  switch (typeof value) {
    case 'number':
      return <span className="console-number">{field.name.endsWith('_id') ? value : value.toLocaleString('en')}</span>;
    case 'boolean':
      return (
        <Tag color={value ? 'green' : 'default'}>{t(value ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' })}</Tag>
      );
    case 'string':
      return <span className={isId(field.name) ? 'console-id' : undefined}>{value}</span>;
    default:
      return <code className="console-id">{JSON.stringify(value)}</code>;
  }
}

const isId = (name: string): boolean => /(_id|_key|code|_no|login)$/.test(name);
