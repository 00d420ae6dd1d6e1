import { Suspense, useState } from 'react';
import { PlainButton } from '../../components/button.tsx';
import { useLabels } from '../../language.tsx';
import { themed } from '../../lazy-page.tsx';
import { useSession } from '../../session.tsx';
import type { OperateProps } from './operate.tsx';
import { operations } from './operations.ts';

const operating = themed(() => import('./operate.tsx'));

/** A button that does something to codes after it has said what that is, and shows what became of each. */
export function OperateButton(props: OperateProps) {
  const { kind, codes } = props;
  const t = useLabels();
  const { may } = useSession();
  const [opened, setOpened] = useState(0);
  const { method, label, danger } = operations[kind];
  if (!may(method)) return null;
  return (
    <>
      <PlainButton danger={danger} disabled={codes.length === 0} onClick={() => setOpened(opened + 1)}>
        {t(label)}
      </PlainButton>
      {/* Each opening is an operation of its own. */}
      {opened > 0 && (
        <Suspense>
          <operating.Shown key={opened} {...props} />
        </Suspense>
      )}
    </>
  );
}
