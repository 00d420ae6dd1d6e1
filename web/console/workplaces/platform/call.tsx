import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Drawer, Flex, Typography } from 'antd';
import { useState } from 'react';
import type { Label } from '../../../../src/contract/schema.ts';
import { itemOf } from '../../../../src/contract/schema.ts';
import type { Finding } from '../../../../src/wire/diagnosis/diagnose.ts';
import type { Unknown } from '../../../../src/wire/unknown.ts';
import { ask } from '../../api.ts';
import type { Row } from '../../components/contract-list.tsx';
import { Details } from '../../components/details.tsx';
import { Facts } from '../../components/facts.tsx';
import { Failure, Waiting } from '../../components/states.tsx';
import { knownContract, rowsField } from '../../contracts.ts';
import { useLabels, useLanguage } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { callCells, toolAddress } from './call-cells.tsx';

/** What the server knows of a call beyond its record. */
type Known = {
  readonly can_replay: boolean;
  readonly signature?: Signature;
  readonly passed_over?: readonly Unknown[];
};

type Signature = {
  readonly sign_method?: string;
  readonly sign?: string;
  readonly base_text: string;
  readonly findings: readonly Finding[];
};

const WRONG_SIGNATURE = 25;
const SCHEMA = itemOf(rowsField(knownContract('piaoquan.platform.call.list')).schema);

/** One call of the call log in a drawer, with what is wrong with its signature and the way to make it again; open at first. */
export default function CallDrawer({ row, onClose }: { row: Row; onClose: () => void }) {
  const t = useLabels();
  const [open, setOpen] = useState(true);
  return (
    <Drawer
      open={open}
      onClose={() => setOpen(false)}
      afterOpenChange={(isOpen) => isOpen || onClose()}
      size="large"
      title={t({ zh: '调用详情', en: 'Call' })}
    >
      <CallView row={row} />
    </Drawer>
  );
}

function CallView({ row }: { row: Row }) {
  const known = useQuery({
    queryKey: ['call', row.request_id],
    queryFn: () => ask<Known>(`calls/${row.request_id}`),
    staleTime: 0,
  });
  return (
    <Flex vertical gap={16}>
      <Details
        schema={SCHEMA}
        value={row}
        without={['operator', 'sub_code'].filter((name) => row[name] == null)}
        cells={callCells}
        narrow
      />
      {known.isPending && <Waiting />}
      {known.error && <Failure error={known.error} again={() => known.refetch()} />}
      {known.data?.passed_over && <PassedOver unknown={known.data.passed_over} />}
      {known.data && row.code === WRONG_SIGNATURE && <Doctor signature={known.data.signature} />}
      {known.data && typeof row.method === 'string' && <Replay row={row} can={known.data.can_replay} />}
    </Flex>
  );
}

const REPEATED: Label = {
  zh: '：给出了不止一次，以最后一个值为准',
  en: ': came more than once, the last value counted',
};
const UNKNOWN: Label = { zh: '：接口不认识', en: ': the method does not know it' };

/** What the method did not know or came more than once, as TOP's own methods pass over it. */
function PassedOver({ unknown }: { unknown: readonly Unknown[] }) {
  const t = useLabels();
  return (
    <Alert
      type="warning"
      showIcon
      title={t({ zh: '接口跳过的参数', en: 'Parameters that the method passed over' })}
      description={unknown.map(({ path, nearest, is_repeated }) => (
        <div key={path}>
          <code>{path}</code>
          {is_repeated ? t(REPEATED) : t(UNKNOWN)}
          {nearest !== undefined && t({ zh: `，最接近的是 ${nearest}`, en: `, the nearest it knows is ${nearest}` })}
        </div>
      ))}
    />
  );
}

function Doctor({ signature }: { signature: Signature | undefined }) {
  const t = useLabels();
  const { me } = useSession();
  const title = t({ zh: '签名诊断', en: 'Signature doctor' });
  if (signature === undefined)
    return <Alert type="info" showIcon title={title} description={t(me.sandbox ? GONE : PRODUCTION_SIGNATURE)} />;
  const { sign_method, sign, base_text, findings } = signature;
  return (
    <section aria-label={title}>
      <Typography.Title level={5}>{title}</Typography.Title>
      <Facts
        narrow
        items={[
          { key: 'sign_method', label: 'sign_method', children: sign_method || '—' },
          {
            key: 'sign',
            label: t({ zh: '收到的 sign', en: 'sign as received' }),
            children: <Text text={sign ?? ''} />,
          },
          {
            key: 'base_text',
            label: t({
              zh: '服务器拼出的待签名文本，与程序里打印的逐字比较',
              en: 'The text that the server built: compare it with what your program signs',
            }),
            children: <Text text={base_text} />,
          },
        ]}
      />
      <Findings findings={findings} />
    </section>
  );
}

/** What is wrong, or below the sentence that nothing usual is, what to check. */
function Findings({ findings }: Pick<Signature, 'findings'>) {
  const t = useLabels();
  const [first, ...rest] = findings;
  const unexplained = first?.id === 'no-match';
  return (
    <>
      <Typography.Paragraph strong style={{ margin: '16px 0 4px' }}>
        {unexplained ? t(first.words) : t({ zh: '最可能的原因：', en: 'Most probably:' })}
      </Typography.Paragraph>
      <ul style={{ margin: 0, lineHeight: 1.7 }}>
        {(unexplained ? rest : findings).map(({ id, words }) => (
          <li key={id}>{t(words)}</li>
        ))}
      </ul>
    </>
  );
}

const Text = ({ text }: { text: string }) => (
  <Typography.Text className="console-id" copyable={text !== ''}>
    {text || '—'}
  </Typography.Text>
);

function Replay({ row, can }: { row: Row; can: boolean }) {
  const t = useLabels();
  const { language } = useLanguage();
  const { me } = useSession();
  const why = () => {
    if (!me.sandbox) return PRODUCTION_REPLAY;
    return row.operator === undefined ? GONE_REPLAY : CONSOLE_REPLAY;
  };
  return (
    <Flex vertical gap={8} align="start">
      <Button href={toolAddress(language, row, can)}>
        {can
          ? t({ zh: '在 API 工具中重放', en: 'Replay in the API tool' })
          : t({ zh: '打开 API 工具', en: 'Open the API tool' })}
      </Button>
      <span>{t(can ? REPLAY : why())}</span>
    </Flex>
  );
}

const GONE: Label = {
  zh: '这次调用的签名文本已不再保留：沙箱只在内存里保留最近 200 次签名失败的调用，重启即清空。再调用一次就能看到。',
  en: 'The signed text of this call is no longer kept: a sandbox keeps the last 200 refused signatures, in memory, until it stops. Make the call again to see it.',
};
const PRODUCTION_SIGNATURE: Label = {
  zh: '生产环境不保留调用的参数，因此没有待签名文本。请调用方在自己的机器上用 piaoquan sign --explain 或文档中的签名计算器核对。',
  en: "In production no parameters of a call are kept, so there is no text to show. The caller can check on their own machine with piaoquan sign --explain, or with the guide's signature calculator.",
};
const REPLAY: Label = {
  zh: '表单会填入这次调用的业务参数；签名与会话密钥不保留，发送前可以修改。',
  en: 'The form is filled with the business parameters of this call. Its signature and session key are not kept; change what you like before you send it.',
};
const PRODUCTION_REPLAY: Label = {
  zh: '生产环境不保留调用的参数，工具里是该接口的示例。',
  en: "In production no parameters of a call are kept: the tool opens with the method's example.",
};
const GONE_REPLAY: Label = {
  zh: '这次调用的参数没有保留：沙箱只在内存里保留最近 300 次调用，不保留过长的请求和换取令牌的调用。工具里是该接口的示例。',
  en: "The parameters of this call are not kept: a sandbox keeps the last 300 calls, in memory, but no long ones and none that exchange tokens. The tool opens with the method's example.",
};
const CONSOLE_REPLAY: Label = {
  zh: '控制台发出的调用不保留参数，工具里是该接口的示例。',
  en: "The parameters of calls from the console are not kept: the tool opens with the method's example.",
};
