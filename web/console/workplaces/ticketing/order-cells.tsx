import { Tag } from 'antd';
import { Link } from 'react-router';
import type { Row } from '../../components/contract-list.tsx';
import { useWords } from '../../language.tsx';

/** Cells of every list of orders. */
export const orderCells = {
  order_id: (row: Row) => (
    <Link to={`/ticketing/orders/${row.order_id}`} className="console-id">
      {String(row.order_id)}
    </Link>
  ),
  project_name: (row: Row) => <Link to={`/ticketing/${row.project_id}`}>{String(row.project_name)}</Link>,
  order_status: (row: Row) => <OrderStatus status={Number(row.order_status)} />,
  refund_due: (row: Row) => <RefundDue due={row.refund_due === true} />,
};

/** Short headings of every list of orders. */
export const orderTitles = {
  project_name: { zh: '项目', en: 'Project' },
  receivable_money: { zh: '应付', en: 'To pay' },
  create_order_time: { zh: '下单', en: 'Made' },
  auto_cancel_order_time: { zh: '占用至', en: 'Held until' },
  pay_time: { zh: '支付', en: 'Paid' },
  refund_due: { zh: '待退', en: 'To give back' },
  user_id: { zh: '会员', en: 'Member' },
  persons: { zh: '命中的人员', en: 'People found' },
} as const;

const STATUS = {
  1: { colour: 'gold', zh: '待支付', en: 'waits for payment' },
  2: { colour: 'green', zh: '已支付', en: 'paid' },
  3: { colour: 'default', zh: '已取消', en: 'cancelled' },
  4: { colour: 'default', zh: '已超时', en: 'timed out' },
} as const;

/** The state of an order. */
export function OrderStatus({ status }: { status: number }) {
  const t = useWords();
  const known = STATUS[status as keyof typeof STATUS];
  return <Tag color={known?.colour ?? 'default'}>{known === undefined ? status : t(known)}</Tag>;
}

function RefundDue({ due }: { due: boolean }) {
  const t = useWords();
  return due ? <Tag color="red">{t({ zh: '有款待退', en: 'money to give back' })}</Tag> : '—';
}

const TICKET_STATUS = {
  1: { colour: 'green', zh: '未使用', en: 'unused' },
  2: { colour: 'blue', zh: '已检票', en: 'used' },
  4: { colour: 'red', zh: '已退票', en: 'refunded' },
} as const;

/** The state of a ticket. */
export function TicketStatus({ status }: { status: number }) {
  const t = useWords();
  const known = TICKET_STATUS[status as keyof typeof TICKET_STATUS];
  return <Tag color={known?.colour ?? 'default'}>{known === undefined ? status : t(known)}</Tag>;
}
