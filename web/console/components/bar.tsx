import type { ReactNode } from 'react';

type Props = {
  /** How much of it is filled, 0 to 100. */
  readonly percent: number;
  readonly label: string;
  readonly state?: 'good' | 'bad' | undefined;
  /** Stands at its end. */
  readonly children?: ReactNode;
};

/** A share as a bar. */
export function Bar({ percent, label, state, children }: Props) {
  const filled = Math.min(100, Math.max(0, percent));
  return (
    <div className={`console-bar ${state ?? ''}`}>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(filled)}
      >
        <span style={{ width: `${filled}%` }} />
      </div>
      {children !== undefined && <span className="console-number">{children}</span>}
    </div>
  );
}
