import type { Field, Label } from '../../../src/contract/schema.ts';
import { formatInstant } from '../../../src/wire/time.ts';
import { useLabels } from '../language.tsx';
import { grouped } from '../numbers.ts';
import { Tag } from './tag.tsx';

const COLOURS: Readonly<Record<string, string>> = {
  '1': 'green',
  '0': 'default',
  '2': 'default',
  '-1': 'orange',
  '-2': 'red',
};

/** Fen as yuan: 12345 → 123.45. */
export const yuan = (fen: number): string => (fen / 100).toFixed(2);

const FEN = { zh: /([,，](单位)?分|\((单位:)?分\))$/, en: /,? ?(in )?fen$/i };
const isMoney = ({ kind, note }: Field): boolean =>
  kind === 'integer' && (FEN.zh.test(note.meaning.zh) || / in fen$/i.test(note.meaning.en));

/** What a member of an answer is called where it is shown: money without its unit, since people read it in yuan. */
export function labelOf(field: Field): Label {
  const { zh, en } = field.note.meaning;
  return isMoney(field) ? { zh: zh.replace(FEN.zh, ''), en: en.replace(FEN.en, '') || 'Amount' } : { zh, en };
}

const first = (text: string): string => text.split(/[;:,(；：，（]/, 1)[0]?.trim() || text;

/** The same as a heading of a column: what follows a semicolon or stands in brackets is for the documentation. */
export function headingOf(field: Field): Label {
  const { zh, en } = labelOf(field);
  return { zh: first(zh), en: first(en) };
}

/** Fen as people read them: 12345678 → ¥123,456.78. */
export const money = (fen: number): string => `¥${grouped((fen / 100).toFixed(2))}`;

/** Parts per million as percent, with as many digits as small odds want. */
export const percentText = (ppm: number): string => `${(ppm / 10_000).toFixed(ppm > 0 && ppm < 1000 ? 4 : 2)}%`;

/** An instant in GMT+8, to the second. */
export const instantText = (instant: Date): string => formatInstant(instant);

/** An id or a code, in letters of one width. */
export const idText = (id: string | number) => <span className="console-id">{id}</span>;

/** A listed value whose words are a sentence, which a tag would keep on one line. */
export function Sentence({ field, value }: { field: Field; value: unknown }) {
  const t = useLabels();
  const words = field.note.values?.[String(value)];
  return <span className="console-long">{words === undefined ? String(value) : t(words)}</span>;
}

/** A value of an answer as its contract means it: listed values by their words, instants in GMT+8, numbers in columns. */
export function Value({ field, value }: { field: Field; value: unknown }) {
  const t = useLabels();
  if (value === undefined || value === null || value === '') return <span className="console-dim">—</span>;
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return <Several of={value} />;
  const words = field.note.values?.[String(value)];
  if (words !== undefined) return <Tag color={COLOURS[String(value)] ?? 'blue'}>{t(words)}</Tag>;
  if (value instanceof Date) return <span className="console-number">{instantText(value)}</span>;
  switch (typeof value) {
    case 'number':
      if (isMoney(field)) return <span className="console-number">{money(value)}</span>;
      return <span className="console-number">{field.name.endsWith('_id') ? value : grouped(value)}</span>;
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

/** Texts or numbers beside each other; they break between two of them alone. */
function Several({ of }: { of: readonly unknown[] }) {
  if (of.length === 0) return <span className="console-dim">—</span>;
  return (
    <span className="console-id">
      {of.map((each, index) => (
        <span key={String(each)}>
          {index > 0 && ', '}
          {String(each)}
        </span>
      ))}
    </span>
  );
}

const isId = (name: string): boolean => /(_id|_key|code|_no|login)$/.test(name);
