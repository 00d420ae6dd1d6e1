import type { Label } from '../../../src/contract/schema.ts';
import { FormButton } from './action.tsx';

type Props = {
  /** A `piaoquan.*.stock.adjust` method. */
  readonly method: string;
  /** Which thing; shown but not to be changed. */
  readonly thing: Readonly<Record<string, unknown>>;
  readonly label?: Label;
};

/** Adjusts a stock by so many units, with a reason; each opening of the form is one adjustment, however often it is sent. */
export function StockButton({ method, thing, label = { zh: '调整库存', en: 'Adjust stock' } }: Props) {
  return (
    <FormButton
      method={method}
      label={label}
      button={{ size: 'small' }}
      initial={thing}
      wishes={{ fixed: Object.keys(thing) }}
      keyName="adjust_id"
    />
  );
}
