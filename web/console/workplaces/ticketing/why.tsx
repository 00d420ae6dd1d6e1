import { useFromAddress } from '../../address.ts';
import { WhyNot } from '../../components/why-not.tsx';
import { useChannels } from './rights.tsx';

const NUMBERS = ['channel_id'];

/** What is of no use to the question: how the ticket reaches its buyer, and ids that are found by themselves. */
const HIDDEN = [
  ...['order_param.order_receive_param', 'order_param.remark', 'order_param.quick_buy'],
  ...['order_param.cart_goods_param_list.goods_id', 'order_param.cart_goods_param_list.coupon_group_id'],
];

/** Why would an order be refused now? Begins with the channel and tier that the address names. */
export function WhyNoOrder() {
  const { channel_id = 1, event_id, price_id } = useFromAddress(['channel_id', 'event_id', 'price_id'], NUMBERS);
  const channels = useChannels();
  const goods = { event_id, price_id, goods_count: 1 };
  return (
    <WhyNot
      method="piaoquan.ticketing.order.explain"
      initial={{ channel_id, order_param: { cart_goods_param_list: [goods] } }}
      wishes={{ hidden: HIDDEN, ...(channels && { choices: { channel_id: channels } }) }}
    />
  );
}
