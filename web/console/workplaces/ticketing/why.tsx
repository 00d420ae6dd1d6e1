import { useFromAddress } from '../../address.ts';
import type { Choice } from '../../components/contract-fields.tsx';
import { WhyNot } from '../../components/why-not.tsx';
import { eventChoices, priceChoices, useProject } from './model.ts';
import { useChannels } from './rights.tsx';

/** What is of no use to the question: how the ticket reaches its buyer, and ids that are found by themselves. */
const HIDDEN = [
  ...['order_param.order_receive_param', 'order_param.remark', 'order_param.quick_buy'],
  ...['order_param.cart_goods_param_list.goods_id', 'order_param.cart_goods_param_list.coupon_group_id'],
];

const GOODS = 'order_param.cart_goods_param_list';

/** Texts to choose from: the method takes ids as texts. */
const asTexts = (choices: readonly Choice[]): Choice[] =>
  choices.map(({ value, label }) => ({ value: String(value), label }));

/** Why would an order be refused now? Begins with the project, channel and tier that the address names. */
export function WhyNoOrder() {
  const asked = useFromAddress(['channel_id', 'project_id', 'event_id', 'price_id'], ['channel_id', 'project_id']);
  const { channel_id = 1, project_id, event_id, price_id } = asked;
  const channels = useChannels();
  const project = useProject(Number(project_id)).data;
  const prices = project?.event_list.filter((event) => event_id === undefined || String(event.event_id) === event_id);
  return (
    <WhyNot
      method="piaoquan.ticketing.order.explain"
      initial={{ channel_id, order_param: { cart_goods_param_list: [{ event_id, price_id, goods_count: 1 }] } }}
      wishes={{
        hidden: HIDDEN,
        choices: {
          ...(channels && { channel_id: channels }),
          ...(project && { [`${GOODS}.event_id`]: asTexts(eventChoices(project)) }),
          ...(prices && {
            [`${GOODS}.price_id`]: asTexts(priceChoices(prices.flatMap(({ price_list }) => price_list))),
          }),
        },
      }}
    />
  );
}
