import { FormButton } from '../../components/action.tsx';
import { Notice } from '../../components/states.tsx';
import { useLabels } from '../../language.tsx';

type Props = {
  readonly ticket_code_id: string;
  readonly check_id: string;
  readonly onDone?: () => void;
};

/** Undoes an entry that was made by mistake, for a reason. */
export function UndoButton({ ticket_code_id, check_id, onDone }: Props) {
  const t = useLabels();
  return (
    <FormButton
      method="piaoquan.ticketing.ticket.check.undo"
      label={{ zh: '撤销入场', en: 'Undo the entry' }}
      button={{ size: 'small' }}
      extra={{ ticket_code_id, check_id }}
      {...(onDone && { onDone: () => onDone() })}
    >
      <div style={{ marginBottom: 16 }}>
        <Notice
          kind="warning"
          role="status"
          title={t({
            zh: `票 ${ticket_code_id} 的这次入场将不再计数`,
            en: `This entry by ticket ${ticket_code_id} will no longer count`,
          })}
          detail={t({
            zh: '票可再次入场；没有其他入场的票恢复为未使用，也可退票。原因记入变更日志。',
            en: 'The ticket lets in again; without another entry it is unused and can be refunded. The reason is entered in the change log.',
          })}
        />
      </div>
    </FormButton>
  );
}
