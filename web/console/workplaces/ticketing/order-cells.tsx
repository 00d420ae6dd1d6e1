import { Link } from 'react-router';
import type { Row } from '../../components/contract-list.tsx';
import { Tag } from '../../components/tag.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';

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

const ORDER_COLOURS: Readonly<Record<number, string>> = { 1: 'gold', 2: 'green' };
const TICKET_COLOURS: Readonly<Record<number, string>> = { 1: 'green', 2: 'blue', 4: 'red' };

/** The words that order.get has for a state of the order, or of a part of it. */
function StateTag({
  path,
  state,
  colours,
}: {
  path: string;
  state: number;
  colours: Readonly<Record<number, string>>;
}) {
  const t = useLabels();
  const words = fieldAt(knownContract('piaoquan.ticketing.order.get').response, `order.${path}`).note.values?.[state];
  return <Tag color={colours[state] ?? 'default'}>{words === undefined ? state : t(words)}</Tag>;
}

/** The state of an order. */
export const OrderStatus = ({ status }: { status: number }) => (
  <StateTag path="order_status" state={status} colours={ORDER_COLOURS} />
);

/** The state of a ticket. */
export const TicketStatus = ({ status }: { status: number }) => (
  <StateTag path="tickets.ticket_status" state={status} colours={TICKET_COLOURS} />
);

function RefundDue({ due }: { due: boolean }) {
  const t = useLabels();
  return due ? <Tag color="red">{t({ zh: '有款待退', en: 'money to give back' })}</Tag> : '—';
}
