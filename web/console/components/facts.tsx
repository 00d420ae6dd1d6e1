import type { ReactNode } from 'react';

/** What is known of a thing, under its name. */
export type Fact = { readonly key: string; readonly label: ReactNode; readonly children: ReactNode };

type Props = {
  readonly items: readonly Fact[];
  /** Each on a line of its own, where there is room for one alone. */
  readonly narrow?: boolean;
  /** Without lines between them. */
  readonly bare?: boolean;
};

/** The facts of a thing, as many beside each other as the page has room for. */
export function Facts({ items, narrow = false, bare = false }: Props) {
  return (
    <dl className={`console-facts ${narrow ? 'narrow' : ''} ${bare ? 'bare' : ''}`}>
      {items.map(({ key, label, children }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>{children}</dd>
        </div>
      ))}
    </dl>
  );
}
