import { Flex, Tabs, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import type { Words } from '../../../src/contract/schema.ts';
import { useWords } from '../language.tsx';

/** The parts of a workplace as tabs, each at an address of its own: `/vouchers/codes`. */
export function Sections({ workplace, parts }: { workplace: string; parts: Readonly<Record<string, Words>> }) {
  const t = useWords();
  const go = useNavigate();
  const here = useLocation().pathname.split('/')[2] ?? '';
  const items = Object.entries(parts).map(([key, words]) => ({ key, label: t(words) }));
  const [first = ''] = Object.keys(parts);
  return <Tabs activeKey={here in parts ? here : first} items={items} onChange={(key) => go(`/${workplace}/${key}`)} />;
}

/** The head of a page about one thing: its name, and what can be done with it. */
export function Head({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <Flex wrap gap={8} align="center">
      <Typography.Title level={2} style={{ margin: 0, overflowWrap: 'anywhere' }}>
        {title}
      </Typography.Title>
      <div className="console-grow" />
      <Flex wrap gap={8} align="center">
        {children}
      </Flex>
    </Flex>
  );
}
