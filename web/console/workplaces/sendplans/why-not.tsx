import { useFromAddress } from '../../address.ts';
import { WhyNot } from '../../components/why-not.tsx';

/** Why a user would, or would not, receive from a plan now. */
export function WhyNotReceive() {
  const { isv_id, circle_id, send_plan_id } = useFromAddress(
    ['isv_id', 'circle_id', 'send_plan_id'],
    ['isv_id', 'circle_id', 'send_plan_id'],
  );
  return (
    <WhyNot
      method="piaoquan.sendplan.receive.explain"
      initial={{
        param0: { isv_id, send_plan_id, circle_info: { circle_id }, isv_user_info_map: '{}' },
      }}
      wishes={{ maps: { 'param0.isv_user_info_map': ['userId', 'phone', 'requestId'] } }}
    />
  );
}
