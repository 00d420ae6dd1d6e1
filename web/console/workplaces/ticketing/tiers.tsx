import { FormButton } from '../../components/action.tsx';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { priceChoices } from './model.ts';
import { type Event, isPackage, type Price } from './parts.ts';
import { COUNTED, priceSchema, withPrice } from './save.ts';

const METHOD = 'piaoquan.ticketing.project.save';
const FIRST_ID = 1;

type Props = { readonly project_id: number; readonly event: Event };

const nextId = ({ price_list }: Event): number =>
  Math.max(FIRST_ID - 1, ...price_list.map(({ price_id }) => price_id)) + 1;
const plainOf = ({ price_list }: Event): Price[] => price_list.filter((price) => !isPackage(price));

/** Adds a plain tier to an event. */
export function NewTier({ project_id, event }: Props) {
  const { client } = useSession();
  const place = { project_id, event_id: event.event_id };
  return (
    <FormButton
      method={METHOD}
      label={{ zh: '加票档', en: 'Add tier' }}
      button={{ size: 'small' }}
      schema={priceSchema}
      initial={{
        price_id: nextId(event),
        price_color: '#C0392B',
        is_support_free_combination: 0,
        is_package_only: false,
      }}
      extra={{ is_coupon_ticket: 0 }}
      wishes={{ hidden: [...COUNTED, 'child_list'], required: ['goods_count'] }}
      toRequest={(values) => withPrice(client, place, values, true)}
    />
  );
}

/** Adds a package to an event, made of its plain tiers. */
export function NewPackage({ project_id, event }: Props) {
  const t = useLabels();
  const { client } = useSession();
  const plain = plainOf(event);
  const place = { project_id, event_id: event.event_id };
  if (plain.length === 0) return null;
  return (
    <FormButton
      method={METHOD}
      label={{ zh: '加套票', en: 'Add package' }}
      button={{ size: 'small' }}
      schema={priceSchema}
      initial={{
        ...{ price_id: nextId(event), price_color: '#8E44AD', is_support_free_combination: 0 },
        child_list: [{ price_id: plain[0]?.price_id, child_num: 1 }],
      }}
      extra={{ is_coupon_ticket: 1, is_package_only: false }}
      wishes={{
        hidden: [...COUNTED],
        required: ['goods_count'],
        choices: { 'child_list.price_id': priceChoices(plain) },
      }}
      toRequest={(values) => withPrice(client, place, values, true)}
    >
      <p>
        {t({
          zh: '卖出一套即占用其组成的票；还能卖多少套，受套票数量与每个组成票档的剩余共同限制。',
          en: 'A package takes the tickets it holds: how many can be sold depends on its own number and on what each of those tiers has left.',
        })}
      </p>
    </FormButton>
  );
}

/** Changes a tier or package; how many there are changes by an adjustment with its reason. */
export function EditTier({ project_id, event, price }: Props & { readonly price: Price }) {
  const { client } = useSession();
  const place = { project_id, event_id: event.event_id };
  const own = isPackage(price);
  return (
    <FormButton
      method={METHOD}
      label={own ? { zh: '修改套票', en: 'Edit package' } : { zh: '修改票档', en: 'Edit tier' }}
      button={{ size: 'small' }}
      schema={priceSchema}
      initial={price}
      extra={{ is_coupon_ticket: price.is_coupon_ticket, ...(own && { is_package_only: false }) }}
      wishes={{
        hidden: [...COUNTED, 'goods_count', ...(own ? [] : ['child_list'])],
        fixed: ['price_id'],
        choices: { 'child_list.price_id': priceChoices(plainOf(event)) },
      }}
      toRequest={(values) => withPrice(client, place, values, false)}
    />
  );
}
