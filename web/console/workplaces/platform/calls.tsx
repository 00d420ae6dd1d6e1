import { useQuery } from '@tanstack/react-query';
import { Button, Tag } from 'antd';
import { useFromAddress } from '../../address.ts';
import { ContractList } from '../../components/contract-list.tsx';
import { Waiting } from '../../components/states.tsx';
import { useLanguage, useWords } from '../../language.tsx';
import { useSession } from '../../session.tsx';

/** The call log: found by request_id, app, method, code and time; the calls of the first app unless asked otherwise. */
export function Calls() {
  const { client } = useSession();
  const asked = useFromAddress(['request_id', 'app_key', 'method']);
  const isAsked = asked.request_id !== undefined || asked.app_key !== undefined;
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
  const t = useWords();
  const { language } = useLanguage();
  return (
    <ContractList
      key={JSON.stringify(asked)}
      method="piaoquan.platform.call.list"
      initial={{ query: asked }}
      rowKey="request_id"
      columns={['called_at', 'method', 'app_key', 'operator', 'code', 'sub_code', 'duration_us', 'request_id']}
      cells={{
        code: (row) =>
          row.code === 0 ? (
            <Tag color="green">{t({ zh: '成功', en: 'answered' })}</Tag>
          ) : (
            <a href={`/${language}/errors#${row.sub_code ?? row.code}`}>
              <Tag color="red">{String(row.code)}</Tag>
            </a>
          ),
        duration_us: (row) => `${(Number(row.duration_us) / 1000).toFixed(1)} ms`,
      }}
      actions={(row) =>
        typeof row.method === 'string' && (
          <Button size="small" href={`/${language}/api/${row.method}#tool`}>
            {t({ zh: '在 API 工具中重试', en: 'Try in the API tool' })}
          </Button>
        )
      }
      empty={{
        zh: '没有调用记录。选择应用或 request_id 后查询；记录在调用后约四分之一秒写入。',
        en: 'No calls. Ask by app or request_id; a record is written about a quarter of a second after its call.',
      }}
    />
  );
}
