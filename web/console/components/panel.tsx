import type { ReactNode } from 'react';

type Props = {
  readonly title?: ReactNode;
  /** Stands at the end of the title's line. */
  readonly extra?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
};

/** A part of a page on a ground of its own, below its title. */
export function Panel({ title, extra, className = '', children }: Props) {
  return (
    <section className={`console-panel ${className}`}>
      {title !== undefined && (
        <header>
          <h3>{title}</h3>
          {extra}
        </header>
      )}
      <div>{children}</div>
    </section>
  );
}
