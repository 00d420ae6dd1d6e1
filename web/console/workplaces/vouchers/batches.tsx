import { Link } from 'react-router';
import { Bar } from '../../components/bar.tsx';
import { ContractList } from '../../components/contract-list.tsx';
import { grouped } from '../../numbers.ts';
import { NewBatch } from './batch-forms.tsx';
import { pathOf } from './batch-info.ts';

/** The batches of codes, with how far each is used. */
export function Batches() {
  return (
    <ContractList
      method="piaoquan.voucher.batch.list"
      rowKey="mix_id"
      every={5000}
      columns={[
        'name',
        'status',
        'total_count',
        'issued_count',
        'consumed_count',
        'voided_count',
        'coupon_expire_time',
      ]}
      cells={{
        name: ({ mix_id, name }) => (
          <>
            <Link to={pathOf(String(mix_id))}>{String(name)}</Link>
            <br />
            <span className="console-dim console-id">{String(mix_id)}</span>
          </>
        ),
        issued_count: ({ issued_count, total_count }) => <Share part={Number(issued_count)} of={Number(total_count)} />,
        consumed_count: ({ consumed_count, total_count }) => (
          <Share part={Number(consumed_count)} of={Number(total_count)} />
        ),
      }}
      tools={<NewBatch />}
      empty={{
        zh: '还没有批次。先建一个批次写明面值与有效期，再生成或导入券码，然后授权渠道导出与发放。',
        en: 'No batch yet. Make one with its value and validity, then make or import its codes, then let partners export and issue them.',
      }}
    />
  );
}

function Share({ part, of }: { part: number; of: number }) {
  return (
    <div className="vouchers-share">
      <span className="console-number">{grouped(part)}</span>
      <Bar percent={of === 0 ? 0 : (part / of) * 100} label={`${part}/${of}`} />
    </div>
  );
}
