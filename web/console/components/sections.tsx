import type { ReactNode } from 'react';
import { useLocation } from 'react-router';
import type { Label } from '../../../src/contract/schema.ts';
import { useLabels } from '../language.tsx';
import { Flex } from './flex.tsx';
import { PartLinks } from './part-links.tsx';

/** The parts of a workplace, each at an address of its own: `/vouchers/codes`; the first one is also the workplace's own. */
export function Sections({ workplace, parts }: { workplace: string; parts: Readonly<Record<string, Label>> }) {
  const t = useLabels();
  const here = useLocation().pathname.split('/')[2] ?? '';
  const [first = ''] = Object.keys(parts);
  const chosen = here in parts ? here : first;
  return (
    <PartLinks
      label={t({ zh: '分区', en: 'Sections' })}
      links={Object.entries(parts).map(([key, words]) => ({ key, label: t(words), path: `/${workplace}/${key}` }))}
      chosen={chosen}
    />
  );
}

/** The head of a page about one thing: its name, and what can be done with it. */
export function Head({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <Flex wrap gap={8} align="center">
      <h2 className="console-title">{title}</h2>
      <div className="console-grow" />
      <Flex wrap gap={8} align="center">
        {children}
      </Flex>
    </Flex>
  );
}
