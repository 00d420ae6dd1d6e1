import { Button, Card, Flex, Form } from 'antd';
import { useState } from 'react';
import { useFromAddress } from '../../address.ts';
import { ContractFields } from '../../components/contract-form.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { withoutEmpties } from '../../components/empties.ts';
import { knownContract } from '../../contracts.ts';
import { useWords } from '../../language.tsx';

const METHOD = 'piaoquan.ledger.list';

/** The entries behind any counter, whose deltas add up to it. */
export function Ledger() {
  const t = useWords();
  const asked = useFromAddress(['counter', 'key']);
  const [counter, setCounter] = useState<Row>(asked);
  return (
    <Flex vertical gap={16}>
      <Card>
        <Form layout="vertical" initialValues={asked} onFinish={(values) => setCounter(withoutEmpties(values))}>
          <ContractFields schema={knownContract(METHOD).request} wishes={{ hidden: ['cursor', 'page_size'] }} />
          <Button type="primary" htmlType="submit">
            {t({ zh: '查看台账', en: 'Show the ledger' })}
          </Button>
        </Form>
      </Card>
      {counter.counter !== undefined && (
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
