import type { CSSProperties, ReactNode } from 'react';

type Props = {
  readonly vertical?: boolean;
  readonly wrap?: boolean;
  /** Pixels between what stands beside each other, or what CSS says. */
  readonly gap?: number | string;
  readonly align?: CSSProperties['alignItems'];
  readonly justify?: CSSProperties['justifyContent'];
  readonly className?: string;
  readonly role?: 'status';
  readonly children: ReactNode;
};

/** Things beside each other, or with `vertical` below each other. */
export function Flex({ vertical = false, wrap = false, gap, align, justify, className, role, children }: Props) {
  const style: CSSProperties = {
    ...{ display: 'flex', gap, alignItems: align, justifyContent: justify },
    ...(vertical && { flexDirection: 'column' }),
    ...(wrap && { flexWrap: 'wrap' }),
  };
  return (
    <div className={className} role={role} style={style}>
      {children}
    </div>
  );
}
