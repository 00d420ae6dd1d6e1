import { Link } from 'react-router';
import { DUE_RESULTS } from '../../../../src/contract/ticketing/pay.ts';
import { ContractList } from '../../components/contract-list.tsx';
import { money } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { orderCells, orderTitles } from './order-cells.tsx';
import { RefundForm } from './refund-form.tsx';

type Due = { readonly order_id: string; readonly pay_no: string; readonly pay_money: number };

/** Records, for a reason, that a payment was given back; the button says how much. */
export function GiveBackButton({ order_id, pay_no, pay_money }: Due) {
  const sum = money(pay_money);
  return (
    <RefundForm
      method="piaoquan.ticketing.payment.refund"
      keyPrefix="back"
      label={{ zh: `登记已退 ${sum}`, en: `Record ${sum} as given back` }}
      extra={{ order_id, pay_no }}
      title={{
        zh: `请先在支付渠道把 ${sum} 原路退给用户，再在此登记`,
        en: `First give ${sum} back to the user in the payment system, then record it here`,
      }}
      detail={{
        zh: `支付流水号 ${pay_no}。平台不会打款；登记后这笔支付不再列为待退，不能撤销。`,
        en: `Payment ${pay_no}. No money is moved here; once recorded the payment is no longer due, and this cannot be undone.`,
      }}
    />
  );
}

/** Payments of all projects that must be given back and were not yet. */
export function DuePayments() {
  const t = useLabels();
  return (
    <ContractList
      method="piaoquan.ticketing.payment.due.list"
      rowKey={({ order_id, pay_no }) => `${order_id} ${pay_no}`}
      columns={['order_id', 'pay_money', 'pay_no', 'receive_time', 'project_name', 'channel_id', 'result_code']}
      cells={{
        order_id: orderCells.order_id,
        result_code: (row) => (
          <span className="console-long">
            {t(DUE_RESULTS[String(row.result_code) as keyof typeof DUE_RESULTS] ?? { zh: '', en: '' })}
          </span>
        ),
        project_name: (row) => <Link to={`/ticketing/${row.project_id}`}>{String(row.project_name)}</Link>,
      }}
      titles={{ project_name: orderTitles.project_name }}
      needs="piaoquan.ticketing.payment.refund"
      actions={(row) => <GiveBackButton {...(row as Due)} />}
      empty={{
        zh: '没有待退的支付。订单取消或超时之后才到的支付，以及重复的支付，会出现在这里。',
        en: 'Nothing to give back. Payments that come after their order was cancelled or lapsed, or twice, appear here.',
      }}
    />
  );
}
