import type { Label } from '../../../../src/contract/schema.ts';
import { FormButton, type FormProps } from '../../components/action.tsx';
import { Notice } from '../../components/states.tsx';
import { useLabels } from '../../language.tsx';
import { useBusinessKey } from './model.ts';

type Props = Pick<FormProps, 'method' | 'label' | 'extra' | 'button'> & {
  /** Begins the number under which it is given back. */
  readonly keyPrefix: string;
  /** What will happen, above the form, and what that means. */
  readonly title: Label;
  readonly detail: Label;
};

/** Gives money back for a reason, once under a number of its own, the `refund_id` of the method. */
export function RefundForm({ keyPrefix, title, detail, button, ...form }: Props) {
  const t = useLabels();
  const { keyOf, renew } = useBusinessKey(keyPrefix);
  return (
    <FormButton
      {...form}
      button={{ size: 'small', danger: true, ...button }}
      wishes={{ hidden: ['refund_id'] }}
      toRequest={(values) => ({ ...values, refund_id: keyOf(values) })}
      onDone={renew}
    >
      <div style={{ marginBottom: 16 }}>
        <Notice kind="warning" role="status" title={t(title)} detail={t(detail)} />
      </div>
    </FormButton>
  );
}
