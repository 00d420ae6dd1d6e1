import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import type { Words } from '../../../src/contract/schema.ts';
import { useWords } from '../language.tsx';
import { Flex } from './flex.tsx';

/** The parts of a workplace, each at an address of its own: `/vouchers/codes`; the first one is also the workplace's own. */
export function Sections({ workplace, parts }: { workplace: string; parts: Readonly<Record<string, Words>> }) {
  const t = useWords();
  const here = useLocation().pathname.split('/')[2] ?? '';
  const [first = ''] = Object.keys(parts);
  const chosen = here in parts ? here : first;
  return (
    <nav className="console-sections" aria-label={t({ zh: '分区', en: 'Sections' })}>
      {Object.entries(parts).map(([key, words]) => (
        <Link key={key} to={`/${workplace}/${key}`} aria-current={key === chosen ? 'page' : undefined}>
          {t(words)}
        </Link>
      ))}
    </nav>
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
