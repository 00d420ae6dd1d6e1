import { useState } from 'react';
import { fieldsOf } from '../../../../src/contract/schema.ts';
import { useFromAddress } from '../../address.ts';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { PAGING } from '../../components/filters.tsx';
import { Flex } from '../../components/flex.tsx';
import { SearchForm } from '../../components/search-form.tsx';
import { Nothing } from '../../components/states.tsx';
import { headingOf } from '../../components/value.tsx';
import { knownContract } from '../../contracts.ts';

const METHOD = 'piaoquan.ledger.list';
const names = fieldsOf(knownContract(METHOD).request)
  .filter(({ name }) => !PAGING.includes(name))
  .map((field) => ({ name: field.name, label: headingOf(field), required: field.required, values: field.note.values }));

/** The entries behind any counter, whose deltas add up to it. */
export function Ledger() {
  const asked = useFromAddress(['counter', 'key']);
  const [counter, setCounter] = useState<Row>(asked);
  return (
    <Flex vertical gap={16}>
      <SearchForm
        names={names}
        asked={asked}
        button={{ zh: '查看台账', en: 'Show the ledger' }}
        onSearch={setCounter}
      />
      {counter.counter === undefined ? (
        <Nothing
          words={{
            zh: '选择计数，并填写它的键：逐条列出它的每次变动，其和就是这个计数。',
            en: 'Choose a counter and say which one: every entry that moved it is listed, and they add up to it.',
          }}
        />
      ) : (
        <ContractList
          key={JSON.stringify(counter)}
          method={METHOD}
          fixed={counter}
          rowKey={(row) => `${row.entered_at} ${row.kind} ${row.ref} ${row.delta}`}
          empty={{ zh: '这个计数没有变动过。', en: 'This counter was never moved.' }}
        />
      )}
    </Flex>
  );
}
