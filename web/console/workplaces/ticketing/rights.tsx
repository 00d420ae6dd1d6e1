import { useQuery } from '@tanstack/react-query';
import { ConfirmButton, FormButton } from '../../components/action.tsx';
import type { Choice } from '../../components/contract-fields.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { Tag } from '../../components/tag.tsx';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { eventChoices, priceChoices } from './model.ts';
import type { Price, Project } from './parts.ts';

const METHOD = 'piaoquan.ticketing.channel.authorize.save';
const MOST_CHANNELS = 200;

type Right = {
  event_id: number;
  channel_id: number;
  authorized: boolean;
  price_list: { price_id: number; authorized: boolean }[];
};

/** Channels to choose from, by their names. */
export function useChannels(): Choice[] | undefined {
  const { client } = useSession();
  const found = useQuery({
    queryKey: ['ticketing channels'],
    queryFn: async () => (await client.call('piaoquan.ticketing.channel.list', { page_size: MOST_CHANNELS })).channels,
    staleTime: 60_000,
  });
  return found.data?.flatMap(({ channel_id, channel_name, tenant_name }) =>
    channel_id == null ? [] : [{ value: channel_id, label: `${channel_name} · ${tenant_name} (${channel_id})` }],
  );
}

/** Which channels may sell the events of a project, and the tiers that differ. */
export function Rights({ project }: { project: Project }) {
  const t = useLabels();
  const channels = useChannels();
  const eventName = (id: unknown): string =>
    project.event_list.find(({ event_id }) => event_id === id)?.event_name ?? String(id);
  return (
    <ContractList
      method="piaoquan.ticketing.channel.authorize.list"
      fixed={{ project_id: project.project_id }}
      rowKey={(row) => `${row.event_id} ${row.channel_id}`}
      columns={['channel_name', 'event_id', 'authorized', 'price_list']}
      titles={{ event_id: { zh: '场次', en: 'Event' }, authorized: { zh: '可否销售', en: 'May sell it' } }}
      cells={{
        channel_name: (row) => `${row.channel_name} (${row.channel_id})`,
        event_id: (row) => eventName(row.event_id),
        authorized: (row) =>
          row.authorized ? (
            <Tag color="green">{t({ zh: '可售', en: 'may sell' })}</Tag>
          ) : (
            <Tag>{t({ zh: '不可售', en: 'may not' })}</Tag>
          ),
        price_list: (row) => <Differences project={project} right={row as unknown as Right} />,
      }}
      tools={<NewRight project={project} channels={channels} />}
      needs="piaoquan.ticketing.channel.authorize.save"
      actions={(row) => <RightButtons project={project} channels={channels} row={row} />}
      empty={{
        zh: '还没有渠道可以卖这个项目。授权后，渠道才能看到并下单。',
        en: 'No channel may sell this project yet. Authorise one, and it can show and order.',
      }}
    />
  );
}

const tiersOf = (project: Project, event_id: unknown): readonly Price[] =>
  project.event_list.find((event) => event.event_id === event_id)?.price_list ?? [];

function Differences({ project, right }: { project: Project; right: Right }) {
  const t = useLabels();
  const tiers = tiersOf(project, right.event_id);
  return right.price_list.length === 0
    ? t({ zh: '全部随场次', en: 'all as the event' })
    : right.price_list.map(({ price_id, authorized }) => (
        <Tag key={price_id} color={authorized ? 'green' : 'red'}>
          {tiers.find((price) => price.price_id === price_id)?.price_name ?? price_id}
          {authorized ? t({ zh: ' 可售', en: ' may be sold' }) : t({ zh: ' 不可售', en: ' may not' })}
        </Tag>
      ));
}

type NewProps = { project: Project; channels: Choice[] | undefined };

function NewRight({ project, channels }: NewProps) {
  const t = useLabels();
  const events = eventChoices(project);
  if (events.length === 0) return null;
  return (
    <FormButton
      method={METHOD}
      label={{ zh: '授权渠道', en: 'Authorise a channel' }}
      button={{ type: 'primary' }}
      initial={{ event_id: events[0]?.value, authorized: true }}
      wishes={{
        choices: {
          ...{ event_id: events, ...(channels && { channel_id: channels }) },
          'price_list.price_id': priceChoices(project.event_list.flatMap(({ price_list }) => price_list)),
        },
      }}
    >
      <p>
        {t({
          zh: '一次保存就是该渠道对该场次的完整规定：没有列出的票档随场次。',
          en: 'What is saved is all that holds for the channel and the event: tiers not named follow the event.',
        })}
      </p>
    </FormButton>
  );
}

function RightButtons({ project, channels, row }: NewProps & { row: Row }) {
  const { event_id, channel_id, channel_name, authorized, price_list } = row;
  return (
    <Flex gap={8}>
      <FormButton
        method={METHOD}
        label={{ zh: '修改', en: 'Edit' }}
        button={{ size: 'small' }}
        initial={{ event_id, channel_id, authorized, price_list }}
        wishes={{
          fixed: ['event_id', 'channel_id'],
          choices: {
            ...{ event_id: eventChoices(project), ...(channels && { channel_id: channels }) },
            'price_list.price_id': priceChoices(tiersOf(project, event_id)),
          },
        }}
      />
      {authorized === true && (
        <ConfirmButton
          method={METHOD}
          request={{ event_id, channel_id, authorized: false, price_list: [] }}
          danger
          label={{ zh: '取消授权', en: 'Withdraw' }}
          consequence={{
            zh: `${channel_name} 立即不能再卖这个场次，也不再有例外的票档。已下的订单和已售的票不受影响。`,
            en: `${channel_name} may no longer sell this event, nor any tier of it. Orders made and tickets sold stay as they are.`,
          }}
        />
      )}
    </Flex>
  );
}
