import { Drawer, Flex, Typography } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { useFromAddress } from '../../address.ts';
import { PlainButton } from '../../components/button.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { Tag } from '../../components/tag.tsx';
import { useWords } from '../../language.tsx';

/** Who changed what and when, with the rows before and after. */
export function Changes() {
  const t = useWords();
  const asked = useFromAddress(['request_id', 'actor', 'thing', 'thing_key']);
  const [shown, setShown] = useState<Row>();
  return (
    <>
      <ContractList
        method="piaoquan.change.list"
        initial={Object.keys(asked).length === 0 ? {} : { query: asked }}
        rowKey="change_id"
        columns={['changed_at', 'actor', 'method', 'action', 'thing', 'thing_key', 'changed', 'request_id']}
        cells={{
          changed: (row) => ((row.changed as string[] | undefined) ?? []).map((each) => <Tag key={each}>{each}</Tag>),
          request_id: (row) =>
            row.request_id ? (
              <Link to={`/platform/calls?request_id=${row.request_id}`}>{String(row.request_id)}</Link>
            ) : (
              '—'
            ),
        }}
        actions={(row) => (
          <PlainButton size="small" onClick={() => setShown(row)}>
            {t({ zh: '前后对比', en: 'Before and after' })}
          </PlainButton>
        )}
        empty={{ zh: '还没有变更。', en: 'Nothing was changed yet.' }}
      />
      <Drawer
        open={shown !== undefined}
        size="large"
        title={`${shown?.thing ?? ''} ${shown?.thing_key ?? ''}`}
        onClose={() => setShown(undefined)}
      >
        {shown !== undefined && <BeforeAfter change={shown} />}
      </Drawer>
    </>
  );
}

function BeforeAfter({ change }: { change: Row }) {
  const t = useWords();
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
