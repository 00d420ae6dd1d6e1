import { ConfirmButton } from '../../components/action.tsx';
import { money } from '../../components/value.tsx';
import { tierNameOf } from './order-rules.ts';
import type { Order, Ticket } from './parts.ts';
import { RefundForm } from './refund-form.tsx';

const WAITS = 1;

/** Names with how often each occurs: `内场 ×2、看台 ×1`. */
function counted(names: readonly string[], joint: string): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ×${count}`).join(joint);
}

type Props = { readonly order: Order; readonly tickets: readonly Ticket[]; readonly all?: boolean };

/** Takes tickets back, for a reason; says what returns before it does. */
export function RefundButton({ order, tickets, all = false }: Props) {
  const ticket_code_ids = tickets.map(({ ticket_code_id }) => ticket_code_id);
  const sum = money(tickets.reduce((total, ticket) => total + ticket.money, 0));
  const names = tickets.map((ticket) => tierNameOf(order, ticket));
  return (
    <RefundForm
      method="piaoquan.ticketing.order.refund"
      keyPrefix="refund"
      label={
        all
          ? { zh: '退全部可退的票', en: 'Refund all that can be' }
          : { zh: `退所选 ${tickets.length} 张`, en: `Refund the ${tickets.length} chosen` }
      }
      button={{ type: all ? 'default' : 'primary' }}
      extra={{ order_id: order.order_id, ticket_code_ids }}
      title={{
        zh: `将退 ${tickets.length} 张票，应退 ${sum}`,
        en: `${tickets.length} ticket${tickets.length === 1 ? '' : 's'} will go back, ${sum} is to be returned`,
      }}
      detail={{
        zh: `${counted(names, '、')} 立即回到可售库存，票码作废，不能撤销。平台不会自动打款，请在支付渠道把 ${sum} 退给用户。`,
        en: `${counted(names, ', ')} can be sold again at once and the codes let nobody in; this cannot be undone. No money is moved here: return ${sum} in the payment system.`,
      }}
    />
  );
}

/** Cancels an unpaid order, which releases what it holds. */
export function CancelButton({ order }: { order: Order }) {
  if (order.order_status !== WAITS) return null;
  const held = order.lines.filter(({ child_no }) => child_no === 0);
  const list = (joint: string): string =>
    held.map(({ price_name, goods_count }) => `${price_name} ×${goods_count}`).join(joint);
  return (
    <ConfirmButton
      method="piaoquan.ticketing.order.cancel"
      request={{ order_id: order.order_id }}
      danger
      button={{ size: 'middle' }}
      label={{ zh: '取消订单并释放库存', en: 'Close and release' }}
      consequence={{
        zh: `订单关闭，占用的 ${list('、')} 立即回到可售库存。之后若仍有支付到账，会标为待退款。`,
        en: `The order is closed, and ${list(', ')} can be sold again at once. A payment that still comes is marked to be given back.`,
      }}
    />
  );
}
