import { Alert, Button, Card, Flex, Form } from 'antd';
import { useState } from 'react';
import { ContractFields } from '../../components/contract-fields.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { withoutEmpties } from '../../components/empties.ts';
import { Tag } from '../../components/tag.tsx';
import { knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { orderCells, orderTitles } from './order-cells.tsx';
import { CARD_TYPES } from './order-rules.ts';
import { NO_PEOPLE } from './orders.tsx';
import type { Order } from './parts.ts';

const METHOD = 'piaoquan.ticketing.order.search';
const OTHERS = Object.keys(knownContract(METHOD).request.properties).filter((name) => !(name in NO_PEOPLE));

/** Orders by the people in them, who are found by exact data and shown masked. */
export function Attendees() {
  const t = useLabels();
  const [asked, setAsked] = useState<Row>();
  const kinds = Object.entries(CARD_TYPES).map(([kind, words]) => ({ value: Number(kind), label: t(words) }));
  const ask = (values: Row) => {
    const filled = withoutEmpties(values);
    const { card_type: _kind, ...person } = filled;
    setAsked(Object.keys(person).length > 0 ? filled : undefined);
  };
  return (
    <Flex vertical gap={16}>
      <Card>
        <Form layout="vertical" onFinish={ask} autoComplete="off">
          <div className="ticketing-fields">
            <ContractFields
              schema={knownContract(METHOD).request}
              wishes={{ hidden: OTHERS, choices: { card_type: kinds } }}
            />
          </div>
          <Button type="primary" htmlType="submit">
            {t({ zh: '查找', en: 'Find' })}
          </Button>
        </Form>
      </Card>
      {asked === undefined ? (
        <Alert
          type="info"
          showIcon
          title={t({
            zh: '填写其中一项即可：完整姓名、手机号、手机号后四位或证件号。人员信息加密存放，只能按完整内容查找，结果一律脱敏。',
            en: 'One of them will do: whole name, phone, its last four digits, or document. People are stored encrypted: only exact data finds them, and they are always shown masked.',
          })}
        />
      ) : (
        <ContractList
          key={JSON.stringify(asked)}
          method={METHOD}
          fixed={{ ...NO_PEOPLE, ...asked }}
          rowKey="order_id"
          columns={['order_id', 'project_name', 'order_status', 'persons', 'receivable_money', 'create_order_time']}
          titles={orderTitles}
          cells={{ ...orderCells, persons: (row) => <People persons={(row.persons ?? []) as Order['persons']} /> }}
          empty={{
            zh: '没有这个人的订单。请核对内容；证件号还要选对证件类型。',
            en: 'No order of that person. Check what you typed; a document also needs its kind.',
          }}
        />
      )}
    </Flex>
  );
}

function People({ persons }: { persons: Order['persons'] }) {
  return (
    <Flex vertical gap={4} align="start">
      {persons.map(({ person_no, line_no, ticket_index, real_name, phone, card_no }) => (
        <Tag key={`${person_no} ${line_no} ${ticket_index}`}>
          {[real_name, phone, card_no].filter(Boolean).join(' · ')}
        </Tag>
      ))}
    </Flex>
  );
}
