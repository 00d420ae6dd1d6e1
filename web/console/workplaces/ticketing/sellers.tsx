import { Flex, Typography } from 'antd';
import { FormButton } from '../../components/action.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { SecretShown, useSecret } from '../platform/secret.tsx';
import { idTaken } from './model.ts';

/** Who sells: tenants, their partners and channels, and the tokens by which channels are known. */
export function Sellers() {
  const t = useLabels();
  const { secret, show, hide } = useSecret();
  return (
    <>
      <Typography.Paragraph type="secondary">
        {t({
          zh: '主办方是租户，租户下有合作方，合作方下有渠道。渠道调用票务接口时要带三者的凭证。',
          en: 'An organiser is a tenant; a tenant has partners, and a partner has channels. A channel shows the tokens of all three in every ticketing call.',
        })}
      </Typography.Paragraph>
      <ContractList
        method="piaoquan.ticketing.channel.list"
        rowKey={({ tenant_id, ptnr_id, channel_id }) => `${tenant_id} ${ptnr_id} ${channel_id}`}
        titles={{
          tenant_name: { zh: '租户', en: 'Tenant' },
          hold_minutes: { zh: '占用分钟', en: 'Minutes held' },
          ptnr_name: { zh: '合作方', en: 'Partner' },
          channel_name: { zh: '渠道', en: 'Channel' },
        }}
        tools={<NewSellers />}
        needs="piaoquan.ticketing.channel.save"
        actions={(row) => <SellerButtons row={row} onToken={show} />}
        empty={{
          zh: '还没有主办方。新建租户、合作方和渠道后，生成凭证交给渠道。',
          en: 'No organiser yet. Make a tenant, a partner and a channel, then give the channel their tokens.',
        }}
      />
      <SecretShown secret={secret} hide={hide} />
    </>
  );
}

const HOLDERS = [
  { holder: 'tenant', zh: '租户', en: 'Tenant', initial: { hold_minutes: 15 } },
  { holder: 'ptnr', zh: '合作方', en: 'Partner', initial: {} },
  { holder: 'channel', zh: '渠道', en: 'Channel', initial: {} },
] as const;

function NewSellers() {
  const { client } = useSession();
  const asNew = async (values: Row, { holder, zh, en }: (typeof HOLDERS)[number]): Promise<Row> => {
    const id = values[`${holder}_id`] as number;
    for await (const seller of client.items('piaoquan.ticketing.channel.list', {}))
      if (seller[`${holder}_id`] === id) throw idTaken(zh, en, id);
    return values;
  };
  return (
    <Flex wrap gap={8}>
      {HOLDERS.map((each) => (
        <FormButton
          key={each.holder}
          method={`piaoquan.ticketing.${each.holder}.save`}
          label={{ zh: `新建${each.zh}`, en: `New ${each.en.toLowerCase()}` }}
          initial={each.initial}
          toRequest={(values) => asNew(values, each)}
        />
      ))}
    </Flex>
  );
}

type ButtonProps = { row: Row; onToken: (holder: string, token: string) => void };

function SellerButtons({ row, onToken }: ButtonProps) {
  const t = useLabels();
  const holder = row.channel_id != null ? 'channel' : row.ptnr_id != null ? 'ptnr' : 'tenant';
  return (
    <Flex gap={8}>
      <Edit row={row} holder={holder} />
      <FormButton
        method="piaoquan.ticketing.token.create"
        label={{ zh: '生成凭证', en: 'Make a token' }}
        button={{ size: 'small', danger: true }}
        initial={{ holder, holder_id: row[`${holder}_id`] }}
        onDone={({ token }, request) => onToken(`${request.holder} ${request.holder_id}`, String(token))}
      >
        <Typography.Paragraph type="danger">
          {t({
            zh: '旧凭证立即失效：用它的渠道在换上新凭证前，所有票务调用都会被拒绝。租户或合作方的凭证影响其下所有渠道。',
            en: 'The token before ends at once: channels that use it are refused until they have the new one. The token of a tenant or partner concerns all channels below it.',
          })}
        </Typography.Paragraph>
      </FormButton>
    </Flex>
  );
}

function Edit({ row, holder }: { row: Row; holder: 'tenant' | 'ptnr' | 'channel' }) {
  const { tenant_id, tenant_name, hold_minutes, ptnr_id, ptnr_name, channel_id, channel_name } = row;
  const label = { zh: '修改', en: 'Edit' };
  const button = { size: 'small' } as const;
  switch (holder) {
    case 'tenant':
      return (
        <FormButton
          method="piaoquan.ticketing.tenant.save"
          {...{ label, button, initial: { tenant_id, tenant_name, hold_minutes }, wishes: { fixed: ['tenant_id'] } }}
        />
      );
    case 'ptnr':
      return (
        <FormButton
          method="piaoquan.ticketing.ptnr.save"
          {...{
            label,
            button,
            initial: { ptnr_id, tenant_id, ptnr_name },
            wishes: { fixed: ['ptnr_id', 'tenant_id'] },
          }}
        />
      );
    case 'channel':
      return (
        <FormButton
          method="piaoquan.ticketing.channel.save"
          {...{
            label,
            button,
            initial: { channel_id, ptnr_id, channel_name },
            wishes: { fixed: ['channel_id', 'ptnr_id'] },
          }}
        />
      );
  }
}
