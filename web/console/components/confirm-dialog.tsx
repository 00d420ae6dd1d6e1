import { Modal } from 'antd';
import { useState } from 'react';
import { useLabels } from '../language.tsx';
import type { ConfirmProps } from './action.tsx';
import { Refusal } from './states.tsx';
import { useAction } from './use-action.ts';

/** Says what an act will do and carries it out; open at first. */
export default function ConfirmDialog(props: ConfirmProps) {
  const { method, request, label, consequence, danger = false, session_user, onDone } = props;
  const t = useLabels();
  const [open, setOpen] = useState(true);
  const action = useAction(method, session_user);
  const act = async () => {
    const answer = await action.mutateAsync(request);
    setOpen(false);
    onDone?.(answer);
  };
  return (
    <Modal
      open={open}
      title={t(label)}
      okText={t(label)}
      okButtonProps={{ danger, loading: action.isPending }}
      onOk={() => act().catch(() => undefined)}
      onCancel={() => setOpen(false)}
    >
      <Refusal error={action.error} />
      <p>{t(consequence)}</p>
    </Modal>
  );
}
