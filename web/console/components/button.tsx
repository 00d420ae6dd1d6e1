import { LoadingOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';

/** What a button looks like, in the words of the library of components. */
export type Look = {
  readonly size?: 'small' | 'middle';
  readonly type?: 'primary' | 'default';
  readonly danger?: boolean;
};

type Props = Look & {
  readonly icon?: ReactNode;
  /** Its act is under way: it cannot be pressed meanwhile. */
  readonly loading?: boolean;
  readonly disabled?: boolean;
  /** As wide as the page. */
  readonly block?: boolean;
  /** The name of a button that has an icon alone. */
  readonly label?: string;
  /** Sends the form that it stands in, when it does nothing else. */
  readonly onClick?: () => void;
  readonly children?: ReactNode;
};

/** A button of a page. The library's takes a browser several times as long to draw, and the library comes with it. */
export function PlainButton(props: Props) {
  const { size, type, danger, icon, loading = false, disabled, block, label, onClick, children } = props;
  const classes = [
    ...['console-button', type === 'primary' ? 'primary' : 'framed'],
    ...[size === 'small' && 'small', danger && 'danger', block && 'block'],
  ];
  return (
    <button
      type={onClick === undefined ? 'submit' : 'button'}
      className={classes.filter(Boolean).join(' ')}
      aria-label={label}
      aria-busy={loading}
      disabled={disabled}
      onClick={loading ? undefined : onClick}
    >
      {loading ? <LoadingOutlined /> : icon}
      {children}
    </button>
  );
}
