import { Button, Tag } from 'antd';
import { useFromAddress } from '../../address.ts';
import { ContractList } from '../../components/contract-list.tsx';
import { useLanguage, useWords } from '../../language.tsx';

/** The call log: found by request_id, app, method, code and time. */
export function Calls() {
  const t = useWords();
  const { language } = useLanguage();
  const asked = useFromAddress(['request_id', 'app_key', 'method']);
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
