import type { ReactNode } from 'react';

/** A word that stands out, as the state of a thing. */
export function Tag({ color = 'default', children }: { color?: string | undefined; children: ReactNode }) {
  return <span className={`console-tag ${color}`}>{children}</span>;
}
