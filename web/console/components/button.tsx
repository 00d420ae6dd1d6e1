import type { ReactNode } from 'react';

/** What a button looks like, in the words of the library of components. */
export type Look = {
  readonly size?: 'small' | 'middle';
  readonly type?: 'primary' | 'default';
  readonly danger?: boolean;
};

/** A button of a row or above a list. Rows are many: the library's takes a browser several times as long to draw. */
export function PlainButton({
  size = 'middle',
  type = 'default',
  danger = false,
  onClick,
  children,
}: Look & { onClick: () => void; children: ReactNode }) {
  const look = `${type === 'primary' ? 'primary' : 'framed'} ${size === 'small' ? 'small' : ''} ${danger ? 'danger' : ''}`;
  return (
    <button type="button" className={`console-button ${look}`} onClick={onClick}>
      {children}
    </button>
  );
}
