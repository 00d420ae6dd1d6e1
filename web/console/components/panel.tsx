import type { ReactNode } from 'react';

/** A part of a page on a ground of its own, below its title. */
export function Panel({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className="console-panel">
      <h3>{title}</h3>
      <div>{children}</div>
    </section>
  );
}
