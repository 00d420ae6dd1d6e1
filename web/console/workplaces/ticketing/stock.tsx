import { FormButton } from '../../components/action.tsx';
import { useLabels } from '../../language.tsx';
import { useBusinessKey } from './model.ts';
import type { Price } from './parts.ts';

/** Adds tickets to a tier or takes some away, with the reason; the ledger keeps both. */
export function StockButton({ event_id, price }: { event_id: number; price: Price }) {
  const t = useLabels();
  const { keyOf, renew } = useBusinessKey('adjust');
  const { price_id, price_name, goods_count = 0, sale_count = 0, held_count = 0 } = price;
  const taken = (sale_count ?? 0) + (held_count ?? 0);
  return (
    <FormButton
      method="piaoquan.ticketing.price.stock.adjust"
      label={{ zh: '调整库存', en: 'Adjust stock' }}
      button={{ size: 'small' }}
      extra={{ event_id, price_id }}
      wishes={{ hidden: ['adjust_id'] }}
      toRequest={(values) => ({ ...values, adjust_id: keyOf(values) })}
      onDone={renew}
    >
      <p>
        {t({
          zh: `${price_name} 现有 ${goods_count} 张，其中已售 ${sale_count}、占用 ${held_count}。负数为减少，最多可减 ${(goods_count ?? 0) - taken}。`,
          en: `${price_name} has ${goods_count}, of which ${sale_count} are sold and ${held_count} held. A minus takes away, ${(goods_count ?? 0) - taken} at most.`,
        })}
      </p>
    </FormButton>
  );
}
