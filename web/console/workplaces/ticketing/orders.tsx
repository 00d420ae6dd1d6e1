import { Navigate } from 'react-router';
import { useFromAddress } from '../../address.ts';
import { ContractList } from '../../components/contract-list.tsx';
import { orderCells, orderTitles } from './order-cells.tsx';
import { TicketByItself } from './ticket.tsx';

/** People are looked for on a page of their own, where no filter is kept and no address names them. */
export const NO_PEOPLE = {
  real_name: undefined,
  phone: undefined,
  phone_tail: undefined,
  card_no: undefined,
  card_type: undefined,
} as const;

/** Orders of all projects; `?order_id=` leads on to that order, `?ticket_code_id=` to that ticket. */
export function Orders() {
  const { order_id, ticket_code_id, ...asked } = useFromAddress(
    ['order_id', 'ticket_code_id', 'project_id', 'order_status', 'shopping_cart_id', 'pay_no'],
    ['project_id', 'order_status'],
  );
  if (order_id !== undefined) return <Navigate to={`/ticketing/orders/${encodeURIComponent(order_id)}`} replace />;
  if (ticket_code_id !== undefined) return <TicketByItself ticket_code_id={String(ticket_code_id)} />;
  return (
    <ContractList
      key={JSON.stringify(asked)}
      method="piaoquan.ticketing.order.search"
      initial={asked}
      fixed={NO_PEOPLE}
      rowKey="order_id"
      columns={[
        ...['order_id', 'project_name', 'order_status', 'receivable_money', 'create_order_time', 'pay_time'],
        ...['refund_due', 'channel_id', 'user_id', 'shopping_cart_id'],
      ]}
      cells={orderCells}
      titles={orderTitles}
      empty={{
        zh: '还没有订单。渠道调用 order.submit 下单后出现在这里，最新的在最前。',
        en: 'No order yet. They appear when channels call order.submit, the newest first.',
      }}
    />
  );
}
