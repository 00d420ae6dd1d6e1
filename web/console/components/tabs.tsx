import { type ReactNode, Suspense, useState } from 'react';
import { useLabels } from '../language.tsx';
import { PartLinks } from './part-links.tsx';
import { Waiting } from './states.tsx';

/** A part of the page of one thing. */
export type Tab = {
  readonly key: string;
  readonly label: string;
  readonly children: ReactNode;
  /** Stays as it is behind the others once it was opened, as a form that is half filled in. */
  readonly stays?: boolean;
};

type Props = {
  readonly tabs: readonly Tab[];
  /** The one in the address; the first for a name that none has. */
  readonly chosen: string;
  readonly pathOf: (key: string) => string;
};

/** The parts of the page of one thing, each at an address of its own. */
export function Tabs({ tabs, chosen, pathOf }: Props) {
  const t = useLabels();
  const shown = tabs.find(({ key }) => key === chosen) ?? tabs[0];
  const [opened, setOpened] = useState<readonly string[]>([]);
  if (shown === undefined) return null;
  if (!opened.includes(shown.key)) setOpened([...opened, shown.key]);
  return (
    <div>
      <PartLinks
        label={t({ zh: '内容', en: 'Parts' })}
        links={tabs.map(({ key, label }) => ({ key, label, path: pathOf(key) }))}
        chosen={shown.key}
      />
      {tabs
        .filter(({ key, stays }) => key === shown.key || (stays && opened.includes(key)))
        .map(({ key, children }) => (
          <div key={key} hidden={key !== shown.key}>
            <Suspense fallback={<Waiting />}>{children}</Suspense>
          </div>
        ))}
    </div>
  );
}
