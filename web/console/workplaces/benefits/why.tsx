import { useFromAddress } from '../../address.ts';
import { WhyNot } from '../../components/why-not.tsx';

/** Why a send would, or would not, be made now. */
export function WhyNoSend() {
  const asked = useFromAddress(['user_id', 'relation_id'], ['user_id', 'relation_id']);
  return (
    <WhyNot
      method="piaoquan.benefit.send.explain"
      initial={{ user_id: asked.user_id, send_request: { relation_id: asked.relation_id, send_count: 1 } }}
    />
  );
}
