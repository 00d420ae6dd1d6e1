import { SearchOutlined } from '@ant-design/icons';
import { useId } from 'react';
import type { Label } from '../../../src/contract/schema.ts';
import { useLabels } from '../language.tsx';
import { PlainButton } from './button.tsx';

type Sought = {
  readonly name: string;
  readonly label: Label;
  readonly maxLength?: number;
  readonly required?: boolean;
  /** The only values there are, where they are listed. */
  readonly values?: Readonly<Record<string, Label>> | undefined;
};

type Props = {
  readonly names: readonly Sought[];
  /** What is looked for now, by name. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly button: Label;
  /** Given what was filled in, without blanks around it. */
  readonly onSearch: (values: Record<string, string>) => void;
};

/** Texts to look for by, beside each other where there is room. */
export function SearchForm({ names, asked, button, onSearch }: Props) {
  const t = useLabels();
  const form = useId();
  const search = (filled: FormData) => {
    const given = names.map(({ name }) => [name, String(filled.get(name) ?? '').trim()] as const);
    onSearch(Object.fromEntries(given.filter(([, value]) => value !== '')));
  };
  return (
    <form
      className="console-find"
      onSubmit={(event) => {
        event.preventDefault();
        search(new FormData(event.currentTarget));
      }}
    >
      {names.map(({ name, label, maxLength, required, values }) => {
        const id = `${form}${name}`;
        const field = { id, name, required, className: 'console-input', defaultValue: String(asked[name] ?? '') };
        return (
          <div key={name} className="console-sought">
            <label htmlFor={id}>{t(label)}</label>
            {values === undefined ? (
              <input type="search" maxLength={maxLength} autoComplete="off" {...field} />
            ) : (
              <select {...field}>
                <option value="" />
                {Object.entries(values).map(([value, words]) => (
                  <option key={value} value={value}>
                    {t(words)} · {value}
                  </option>
                ))}
              </select>
            )}
          </div>
        );
      })}
      <PlainButton type="primary" icon={<SearchOutlined />}>
        {t(button)}
      </PlainButton>
    </form>
  );
}
