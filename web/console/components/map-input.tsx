import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Input } from 'antd';
import { useState } from 'react';
import { useLabels } from '../language.tsx';

type Pair = { readonly name: string; readonly value: string };

/** The pairs of a JSON object's text, the known names first; a text that is none has the known names alone. */
function pairsOf(text: string, known: readonly string[]): Pair[] {
  let found: Record<string, unknown> = {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null) found = read as Record<string, unknown>;
  } catch {}
  const names = [...new Set([...known, ...Object.keys(found)])];
  return names.map((name) => ({ name, value: String(found[name] ?? '') }));
}

/** The text of the pairs that have both name and value. */
const textOf = (pairs: readonly Pair[]): string =>
  JSON.stringify(
    Object.fromEntries(
      pairs.filter(({ name, value }) => name !== '' && value !== '').map((each) => [each.name, each.value]),
    ),
  );

type Props = {
  /** Names that are usual here, each with a place of its own. */
  readonly known: readonly string[];
  /** Text of a JSON object, as the field has it; given by the form. */
  readonly value?: string;
  readonly onChange?: (text: string) => void;
  readonly id?: string;
};

/** A field whose text is a JSON object of texts, as names with their values. */
export function MapInput({ known, value = '{}', onChange, id }: Props) {
  const t = useLabels();
  const [pairs, setPairs] = useState(() => pairsOf(value, known));
  const change = (next: readonly Pair[]): void => {
    setPairs([...next]);
    onChange?.(textOf(next));
  };
  const set = (at: number, part: Partial<Pair>): void =>
    change(pairs.map((pair, index) => (index === at ? { ...pair, ...part } : pair)));
  return (
    <Flex vertical gap={8}>
      {pairs.map((pair, at) => (
        // Pairs are known by their place: their names change while they are typed.
        <Flex key={at} gap={8} align="center">
          <Input
            style={{ flex: '0 0 100px' }}
            value={pair.name}
            {...(at < known.length && { readOnly: true, variant: 'filled' })}
            aria-label={t({ zh: `第 ${at + 1} 项名称`, en: `Name ${at + 1}` })}
            onChange={(event) => set(at, { name: event.target.value })}
          />
          <Input
            {...(at === 0 && id !== undefined && { id })}
            value={pair.value}
            maxLength={128}
            aria-label={pair.name || t({ zh: `第 ${at + 1} 项的值`, en: `Value ${at + 1}` })}
            onChange={(event) => set(at, { value: event.target.value })}
          />
          {at >= known.length && (
            <Button
              type="text"
              aria-label={t({ zh: '删除这一项', en: 'Remove this one' })}
              icon={<MinusCircleOutlined />}
              onClick={() => change(pairs.filter((_pair, index) => index !== at))}
            />
          )}
        </Flex>
      ))}
      <Button
        type="dashed"
        size="small"
        icon={<PlusOutlined />}
        onClick={() => change([...pairs, { name: '', value: '' }])}
      >
        {t({ zh: '添加一项', en: 'Add a name' })}
      </Button>
    </Flex>
  );
}
