import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { useFromAddress } from '../../address.ts';
import { ConfirmButton, FormButton, shelving } from '../../components/action.tsx';
import { Bar } from '../../components/bar.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { Details } from '../../components/details.tsx';
import { Flex } from '../../components/flex.tsx';
import { Panel } from '../../components/panel.tsx';
import { Head } from '../../components/sections.tsx';
import { Failure, Waiting } from '../../components/states.tsx';
import { StockButton } from '../../components/stock-button.tsx';
import { Table } from '../../components/table.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';

type Item = {
  id: number;
  name: string;
  weight: number;
  consume_inventory?: number;
  total_inventory?: number;
  consumed_inventory?: number;
  valid_days?: number;
};
type Plan = Row & { id: number; isv_id: number; circle_id: number; name: string; status: number; items: Item[] };

/** One plan: its rules, its items with odds and inventory, and who received what. */
export function PlanPage() {
  const id = Number(useParams().id);
  const { client } = useSession();
  const found = useQuery({
    queryKey: ['plan', id],
    queryFn: async () => (await client.call('piaoquan.sendplan.plan.get', { id })).plan as unknown as Plan,
    refetchInterval: 5000,
  });
  if (found.error) return <Failure error={found.error} again={() => found.refetch()} />;
  if (found.data === undefined) return <Waiting />;
  return <PlanDetail plan={found.data} />;
}

function PlanDetail({ plan }: { plan: Plan }) {
  const t = useLabels();
  const { id, name, status, ...rest } = plan;
  const isOn = status === 1;
  const items = plan.items.map(({ consumed_inventory: _moved, ...item }) => item);
  return (
    <Flex vertical gap={16}>
      <Head title={name}>
        <FormButton
          method="piaoquan.sendplan.plan.save"
          label={{ zh: '修改', en: 'Edit' }}
          initial={{ plan: { id, name, ...rest, items } }}
          wishes={{ fixed: ['plan.id'], hidden: ['plan.items.consumed_inventory'] }}
        />
        <FormButton
          method="piaoquan.sendplan.plan.save"
          label={{ zh: '复制', en: 'Clone' }}
          initial={{ plan: { ...rest, name: `${name} 2`, items } }}
          wishes={{ hidden: ['plan.items.consumed_inventory'] }}
        />
        <Link to={`/sendplans/why?isv_id=${plan.isv_id}&circle_id=${plan.circle_id}&send_plan_id=${id}`}>
          {t({ zh: '为什么领不到', en: 'Why not?' })}
        </Link>
        <ConfirmButton
          method="piaoquan.sendplan.plan.status.update"
          request={{ id, status: isOn ? 2 : 1 }}
          button={{ size: 'middle' }}
          {...shelving(isOn)}
          consequence={
            isOn
              ? {
                  zh: '用户立即看不到也领不到；已领取的不受影响。',
                  en: 'Users neither see nor receive it from now on. What was received stays.',
                }
              : { zh: '在有效期内的用户可以立即领取。', en: 'Users may receive it at once while its period runs.' }
          }
        />
      </Head>
      <Details schema={fieldAt(knownContract('piaoquan.sendplan.plan.get').response, 'plan').schema} value={plan} />
      <Items plan={plan} />
      <Panel title={t({ zh: '领取记录', en: 'Receipts' })}>
        <Receipts plan_id={id} />
      </Panel>
    </Flex>
  );
}

function Items({ plan }: { plan: Plan }) {
  const t = useLabels();
  const isLeft = ({ total_inventory, consumed_inventory = 0, consume_inventory = 1 }: Item): boolean =>
    total_inventory === undefined || total_inventory - consumed_inventory >= consume_inventory;
  const open = plan.items.filter(isLeft).reduce((sum, { weight }) => sum + weight, 0);
  const odds = (item: Item): string =>
    isLeft(item) && open > 0 ? `${((item.weight / open) * 100).toFixed(2)}%` : '0.00%';
  return (
    <Panel title={t({ zh: '商品、概率与库存', en: 'Items, odds and inventory' })}>
      <Table<Item>
        small
        rowKey={({ id }) => String(id)}
        rows={plan.items}
        columns={[
          { key: 'id', title: 'ID', cell: ({ id }) => id },
          { key: 'name', title: t({ zh: '名称', en: 'Name' }), cell: ({ name }) => name },
          { key: 'weight', title: t({ zh: '权重', en: 'Weight' }), className: 'end', cell: ({ weight }) => weight },
          { key: 'odds', title: t({ zh: '此刻概率', en: 'Odds now' }), className: 'end', cell: odds },
          { key: 'left', title: t({ zh: '库存', en: 'Inventory' }), cell: (item) => <Inventory item={item} /> },
          {
            key: 'actions',
            title: t({ zh: '操作', en: 'Actions' }),
            className: 'console-stays',
            cell: (item) =>
              item.total_inventory !== undefined && (
                <Flex gap={8}>
                  <StockButton method="piaoquan.sendplan.item.stock.adjust" thing={{ id: plan.id, item_id: item.id }} />
                  <Link to={`/platform/ledger?counter=sendplan_item.consumed_inventory&key=${plan.id}/${item.id}`}>
                    {t({ zh: '台账', en: 'Ledger' })}
                  </Link>
                </Flex>
              ),
          },
        ]}
      />
    </Panel>
  );
}

function Inventory({ item: { total_inventory, consumed_inventory = 0 } }: { item: Item }) {
  const t = useLabels();
  if (total_inventory === undefined) return t({ zh: '不限', en: 'unlimited' });
  return (
    <Bar
      label={t({ zh: '已消耗', en: 'Units taken' })}
      percent={total_inventory === 0 ? 100 : (consumed_inventory / total_inventory) * 100}
    >
      {`${grouped(consumed_inventory)} / ${grouped(total_inventory)}`}
    </Bar>
  );
}

function Receipts({ plan_id }: { plan_id: number }) {
  const asked = useFromAddress(['user_id']);
  return (
    <ContractList
      method="piaoquan.sendplan.receipt.list"
      fixed={{ plan_id }}
      initial={asked}
      rowKey="receipt_id"
      columns={[
        ...['received_at', 'user_id', 'phone', 'item_name', 'units', 'start_time', 'end_time', 'request_id'],
        ...['item_id', 'receipt_id'],
      ]}
      empty={{ zh: '还没有人领取。', en: 'Nobody has received it yet.' }}
    />
  );
}
