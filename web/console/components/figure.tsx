import type { ReactNode } from 'react';
import { grouped } from '../numbers.ts';

type Props = {
  readonly title: ReactNode;
  readonly value: number | string;
  /** Stands before the figure. */
  readonly prefix?: string;
  /** Without a ground of its own: one of several on the same. */
  readonly bare?: boolean;
};

/** A figure below what it counts. */
export function Figure({ title, value, prefix = '', bare = false }: Props) {
  return (
    <div className={`console-figure ${bare ? '' : 'console-panel'}`}>
      <div>
        <span className="console-dim">{title}</span>
        <div className="console-number">
          {prefix}
          {typeof value === 'number' ? grouped(value) : value}
        </div>
      </div>
    </div>
  );
}
