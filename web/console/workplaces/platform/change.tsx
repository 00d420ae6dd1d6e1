import { Drawer, Flex, Typography } from 'antd';
import { useState } from 'react';
import type { Row } from '../../components/contract-list.tsx';
import { useLabels } from '../../language.tsx';

/** The rows before and after a change in a drawer; open at first. */
export default function ChangeDrawer({ change, onClose }: { change: Row; onClose: () => void }) {
  const [open, setOpen] = useState(true);
  return (
    <Drawer
      open={open}
      size="large"
      title={`${change.thing ?? ''} ${change.thing_key ?? ''}`}
      onClose={() => setOpen(false)}
      afterOpenChange={(isOpen) => isOpen || onClose()}
    >
      <BeforeAfter change={change} />
    </Drawer>
  );
}

function BeforeAfter({ change }: { change: Row }) {
  const t = useLabels();
  const part = (words: { zh: string; en: string }, value: unknown) => (
    <div style={{ flex: '1 1 260px', minWidth: 0 }}>
      <Typography.Title level={5}>{t(words)}</Typography.Title>
      <pre className="console-json">{pretty(value)}</pre>
    </div>
  );
  return (
    <Flex wrap gap={16}>
      {part({ zh: '之前', en: 'Before' }, change.before)}
      {part({ zh: '之后', en: 'After' }, change.after)}
    </Flex>
  );
}

function pretty(value: unknown): string {
  if (value === undefined) return '—';
  if (typeof value !== 'string') return JSON.stringify(value, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
