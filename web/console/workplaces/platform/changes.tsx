import { Suspense, useState } from 'react';
import { Link } from 'react-router';
import { useFromAddress } from '../../address.ts';
import { PlainButton } from '../../components/button.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { Tag } from '../../components/tag.tsx';
import { Sentence } from '../../components/value.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { themed } from '../../lazy-page.tsx';

const beforeAfter = themed(() => import('./change.tsx'));

const actionField = fieldAt(knownContract('piaoquan.change.list').response, 'changes.action');

/** Who changed what and when, with the rows before and after. */
export function Changes() {
  const t = useLabels();
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
          action: ({ action }) => <Sentence field={actionField} value={action} />,
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
      <Suspense>{shown && <beforeAfter.Shown change={shown} onClose={() => setShown(undefined)} />}</Suspense>
    </>
  );
}
