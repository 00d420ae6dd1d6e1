import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { PAY_RESULTS } from '../../../../src/contract/ticketing/pay.ts';
import { Details } from '../../components/details.tsx';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { Failure, Notice, Waiting } from '../../components/states.tsx';
import { money } from '../../components/value.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { GiveBackButton } from './due.tsx';
import { OrderLife } from './life.tsx';
import { useProject } from './model.ts';
import { OrderStatus } from './order-cells.tsx';
import { CARD_TYPES } from './order-rules.ts';
import { PartTable } from './part-table.tsx';
import type { Order } from './parts.ts';
import { CancelButton } from './refund.tsx';
import { Tickets } from './tickets.tsx';

const PAID = 200;

/** Whether a payment must still be given back. */
const isDue = ({ result_code, refund_id }: Order['payments'][number]): boolean => result_code !== PAID && !refund_id;

/** One order: what it took, its tickets, people and payments, and what happened to it. */
export function OrderPage() {
  const { order_id = '' } = useParams();
  const { client } = useSession();
  const found = useQuery({
    queryKey: ['ticketing order', order_id],
    queryFn: async () => (await client.call('piaoquan.ticketing.order.get', { order_id })).order,
  });
  if (found.error) return <Failure error={found.error} again={() => found.refetch()} />;
  if (found.data === undefined) return <Waiting />;
  return <OrderDetail order={found.data} />;
}

function OrderDetail({ order }: { order: Order }) {
  const t = useLabels();
  const { order_id, order_status, project_id } = order;
  const project = useProject(project_id).data;
  return (
    <Flex vertical gap={16}>
      <Flex wrap gap={8} align="center">
        <h2 className="console-title">
          {t({ zh: '订单', en: 'Order' })} {order_id}
        </h2>
        <OrderStatus status={order_status} />
        <div className="console-grow" />
        <CancelButton order={order} />
      </Flex>
      <GiveBack order={order} />
      <Details
        schema={fieldAt(knownContract('piaoquan.ticketing.order.get').response, 'order').schema}
        value={order}
        without={['order_id', 'order_status', 'refund_due']}
        cells={{
          project_id: () => <Link to={`/ticketing/${project_id}`}>{project?.project_name ?? project_id}</Link>,
        }}
      />
      <div className="ticketing-order">
        <Flex vertical gap={16} className="ticketing-order-main">
          <Goods order={order} />
          <Tickets order={order} project={project} />
          <People order={order} />
          <Payments order={order} />
        </Flex>
        <Panel title={t({ zh: '经过', en: 'What happened' })} className="ticketing-order-life">
          <OrderLife order_id={order_id} />
        </Panel>
      </div>
    </Flex>
  );
}

/** Payments that came too late, twice, or for a cancelled order: the platform cannot give them back itself. */
function GiveBack({ order }: { order: Order }) {
  const t = useLabels();
  const due = order.payments.filter(isDue);
  if (due.length === 0) return null;
  const sum = money(due.reduce((total, { pay_money }) => total + pay_money, 0));
  return (
    <Flex vertical gap={8}>
      <Notice
        kind="error"
        title={t({ zh: `有 ${sum} 须退还用户`, en: `${sum} must be given back to the user` })}
        detail={t({
          zh: '这些支付没有记入订单。请在支付渠道原路退回，然后逐笔登记。',
          en: 'These payments do not count towards the order. Give them back in the payment system, then record each.',
        })}
      />
      {due.map(({ pay_no, pay_money }) => (
        <Flex key={pay_no} wrap gap={8} align="center">
          <span className="console-id">{pay_no}</span>
          <GiveBackButton order_id={order.order_id} pay_no={pay_no} pay_money={pay_money} />
        </Flex>
      ))}
    </Flex>
  );
}

function Goods({ order }: { order: Order }) {
  const t = useLabels();
  return (
    <Panel title={t({ zh: '商品', en: 'Goods' })}>
      <PartTable
        part="lines"
        rows={order.lines}
        rowKey={({ line_no, child_no }) => `${line_no} ${child_no}`}
        columns={['price_name', 'goods_count', 'price', 'money', 'event_id', 'price_id']}
        cells={{
          price_name: ({ price_name, child_no }) =>
            child_no === 0 ? String(price_name) : <span className="console-dim">└ {String(price_name)}</span>,
        }}
        empty={t({ zh: '没有商品', en: 'Nothing' })}
      />
    </Panel>
  );
}

function People({ order }: { order: Order }) {
  const t = useLabels();
  const roles = [t({ zh: '收货人', en: 'receiver' }), t({ zh: '订单观演人', en: 'bearer of the order' })];
  return (
    <Panel title={t({ zh: '人员（脱敏）', en: 'People, masked' })}>
      <PartTable
        part="persons"
        rows={order.persons}
        rowKey={({ person_no, line_no, ticket_index }) => `${person_no} ${line_no} ${ticket_index}`}
        columns={['person_no', 'real_name', 'phone', 'card_type', 'card_no', 'bearer_id']}
        cells={{
          person_no: ({ person_no, line_no, ticket_index }) =>
            roles[Number(person_no)] ??
            t({ zh: `第 ${line_no} 行第 ${ticket_index} 张`, en: `ticket ${ticket_index} of line ${line_no}` }),
          card_type: ({ card_type }) => {
            const words = CARD_TYPES[String(card_type)];
            return words === undefined ? '—' : t(words);
          },
        }}
        titles={{ person_no: { zh: '谁', en: 'Who' } }}
        empty={t({ zh: '下单时没有提供人员信息。', en: 'The order names nobody.' })}
      />
    </Panel>
  );
}

function Payments({ order }: { order: Order }) {
  const t = useLabels();
  return (
    <Panel title={t({ zh: '支付与退款', en: 'Payments and refunds' })}>
      <Flex vertical gap={16}>
        <PartTable
          part="payments"
          rows={order.payments}
          rowKey={({ pay_no }) => String(pay_no)}
          cells={{
            result_code: ({ result_code, refund_id }) =>
              result_code === PAID ? (
                t({ zh: '已入账', en: 'counts' })
              ) : refund_id ? (
                t({ zh: '已退还', en: 'given back' })
              ) : (
                <span className="console-bad console-long">
                  {t({ zh: '须退还：', en: 'give back: ' })}
                  {t(PAY_RESULTS[String(result_code) as keyof typeof PAY_RESULTS] ?? { zh: '', en: '' })}
                </span>
              ),
          }}
          titles={{ result_code: { zh: '结果', en: 'Result' } }}
          empty={t({ zh: '还没有支付。', en: 'No payment yet.' })}
        />
        {order.refunds.length > 0 && (
          <PartTable
            part="refunds"
            rows={order.refunds}
            rowKey={({ refund_id }) => String(refund_id)}
            cells={{ ticket_code_ids: ({ ticket_code_ids }) => (ticket_code_ids as string[]).length }}
            empty=""
          />
        )}
      </Flex>
    </Panel>
  );
}
