import { Flex, Segmented } from 'antd';
import { useSearchParams } from 'react-router';
import { WhyNot } from '../../components/why-not.tsx';
import { useLabels } from '../../language.tsx';

const SEND = 'param_f_code_merchant_send_code_request';

/** Why a user could not bind a code, or an app got no codes; `?kind=send&mix_id=…` says what is asked. */
export function WhyNotVoucher() {
  const t = useLabels();
  const [query, setQuery] = useSearchParams();
  const kind = query.get('kind') === 'send' ? 'send' : 'bind';
  const [mix_id, code, user_id] = ['mix_id', 'code', 'user_id'].map((name) => query.get(name) ?? undefined);
  return (
    <Flex vertical gap={16}>
      <Segmented
        className="vouchers-choice"
        value={kind}
        options={[
          { value: 'bind', label: t({ zh: '用户绑定不了', en: 'A user cannot bind' }) },
          { value: 'send', label: t({ zh: '渠道发不出券', en: 'A partner gets no codes' }) },
        ]}
        onChange={(next) => setQuery({ ...Object.fromEntries(query), kind: next })}
      />
      {kind === 'bind' ? (
        <WhyNot key="bind" method="piaoquan.voucher.bind.explain" initial={{ mix_id, code, user_id }} />
      ) : (
        <WhyNot
          key="send"
          method="piaoquan.voucher.send.explain"
          initial={{ [SEND]: { mix_id, each_num: 1, number: 1 } }}
          wishes={{ hidden: ['out_user_name', 'feature', 'order_time', 'out_uid'].map((name) => `${SEND}.${name}`) }}
        />
      )}
    </Flex>
  );
}
