import { useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { useFromAddress } from '../../address.ts';
import { PlainButton } from '../../components/button.tsx';
import { ContractList, type Row } from '../../components/contract-list.tsx';
import { Flex } from '../../components/flex.tsx';
import { Waiting } from '../../components/states.tsx';
import { useLabels, useLanguage } from '../../language.tsx';
import { themed } from '../../lazy-page.tsx';
import { useSession } from '../../session.tsx';
import { callCells, toolAddress } from './call-cells.tsx';

const drawer = themed(() => import('./call.tsx'));

/** The call log: found by request_id, app, error, method and time; the calls of the first app unless asked otherwise. */
export function Calls() {
  const { client } = useSession();
  const asked = useFromAddress(['request_id', 'app_key', 'method', 'sub_code', 'code'], ['code']);
  const isAsked = [asked.request_id, asked.app_key, asked.sub_code, asked.code || undefined].some(Boolean);
  const apps = useQuery({
    queryKey: ['first app'],
    queryFn: async () =>
      (await client.call('piaoquan.platform.app.list', { page_size: 1 })).apps[0]?.app_key ?? 'console',
    enabled: !isAsked,
  });
  if (isAsked) return <CallList asked={asked} />;
  return apps.isPending ? <Waiting /> : <CallList asked={{ ...asked, app_key: apps.data ?? 'console' }} />;
}

function CallList({ asked }: { asked: Readonly<Record<string, string | number>> }) {
  const t = useLabels();
  const { language } = useLanguage();
  const { me } = useSession();
  const [open, setOpen] = useState<Row>();
  return (
    <>
      <Suspense>
        {open && <drawer.Shown key={String(open.request_id)} row={open} onClose={() => setOpen(undefined)} />}
      </Suspense>
      <ContractList
        key={JSON.stringify(asked)}
        method="piaoquan.platform.call.list"
        initial={{ query: asked }}
        rowKey="request_id"
        columns={['called_at', 'method', 'code', 'sub_code', 'duration_us', 'app_key', 'operator', 'request_id']}
        cells={callCells}
        titles={{ duration_us: { zh: '耗时', en: 'Duration' }, operator: { zh: '操作员', en: 'Operator' } }}
        actions={(row) => (
          <Flex gap={8}>
            <PlainButton size="small" onClick={() => setOpen(row)}>
              {t({ zh: '详情', en: 'Details' })}
            </PlainButton>
            {typeof row.method === 'string' && (
              <a className="console-button framed small" href={toolAddress(language, row, me.sandbox)}>
                {t({ zh: '在 API 工具中重试', en: 'Try in the API tool' })}
              </a>
            )}
          </Flex>
        )}
        empty={{
          zh: '没有调用记录。选择应用或 request_id 后查询；记录在调用后约四分之一秒写入。',
          en: 'No calls. Ask by app or request_id; a record is written about a quarter of a second after its call.',
        }}
      />
    </>
  );
}
