import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Form, Table, Timeline } from 'antd';
import { knownContract } from '../contracts.ts';
import { useLabels, useLanguage } from '../language.tsx';
import { grouped } from '../numbers.ts';
import { useSession } from '../session.tsx';
import { ContractFields, type FieldWishes } from './contract-fields.tsx';
import type { Row } from './contract-list.tsx';
import { withoutEmpties } from './empties.ts';
import { asShown } from './shown.ts';
import { Refusal } from './states.tsx';
import { Tag } from './tag.tsx';
import { percentText } from './value.tsx';

type Rule = {
  rule: string;
  passed: boolean;
  code: string;
  reason_zh: string;
  reason_en: string;
  figures?: { name: string; value: string }[];
};
type Chance = { id: number; name: string; weight: number; left?: number; odds_ppm: number };
type Explained = { result: boolean; refusal_code?: string; rules: Rule[]; choices?: Chance[] };

type Props = {
  /** A `piaoquan.*.explain` method. */
  readonly method: string;
  /** What the page knows already. */
  readonly initial?: Row;
  readonly wishes?: FieldWishes;
};

/** Why not? Asks a method that explains, and shows each rule passed or refused with the figures of this moment. */
export function WhyNot({ method, initial = {}, wishes = {} }: Props) {
  const t = useLabels();
  const { client } = useSession();
  const schema = knownContract(method).request;
  const question = useMutation({
    mutationFn: (request: Row) => client.call(method, request) as unknown as Promise<Explained>,
  });
  return (
    <Flex wrap gap={16} align="start">
      <Card style={{ flex: '1 1 320px' }} title={t({ zh: '问题', en: 'The question' })}>
        <Form
          layout="vertical"
          initialValues={initial}
          onFinish={(values: Row) =>
            question.mutate({ ...withoutEmpties(initial), ...asShown(schema, values, wishes.hidden) })
          }
        >
          <ContractFields schema={schema} wishes={wishes} />
          <Button type="primary" htmlType="submit" loading={question.isPending}>
            {t({ zh: '查原因', en: 'Explain' })}
          </Button>
        </Form>
      </Card>
      <Card
        style={{ flex: '2 1 360px', minWidth: 0, maxWidth: '100%' }}
        title={t({ zh: '逐条判断', en: 'Rule by rule' })}
      >
        <Refusal error={question.error} />
        {question.data === undefined ? (
          <span className="console-dim">
            {t({
              zh: '填写用户与对象，按真实接口的判断顺序列出每条规则与此刻的数字。不会改变任何数据。',
              en: 'Name a user and a thing: every rule of the real method follows in its order, with the figures of this moment. Nothing is changed.',
            })}
          </span>
        ) : (
          <Verdict explained={question.data} />
        )}
      </Card>
    </Flex>
  );
}

function Verdict({ explained: { result, refusal_code = '', rules, choices = [] } }: { explained: Explained }) {
  const t = useLabels();
  const title = result
    ? t({ zh: '此刻可以通过', en: 'It would pass now' })
    : t({ zh: `此刻会被拒绝：${refusal_code}`, en: `It would be refused now: ${refusal_code}` });
  return (
    <Flex vertical gap={16}>
      <Alert type={result ? 'success' : 'error'} showIcon title={title} />
      <Timeline
        items={rules.map((rule) => ({
          key: rule.rule,
          icon: <Mark passed={rule.passed} />,
          content: <Reason rule={rule} />,
        }))}
      />
      {choices.length > 0 && <Chances choices={choices} />}
    </Flex>
  );
}

/** What may be drawn at this moment, and how probably. */
function Chances({ choices }: { choices: readonly Chance[] }) {
  const t = useLabels();
  return (
    <Table<Chance>
      size="small"
      pagination={false}
      scroll={{ x: 'max-content' }}
      rowKey="id"
      dataSource={[...choices]}
      title={() => t({ zh: '此刻可抽中的', en: 'What may be drawn now' })}
      columns={[
        { title: 'ID', dataIndex: 'id', align: 'end' },
        { title: t({ zh: '名称', en: 'Name' }), dataIndex: 'name' },
        { title: t({ zh: '权重', en: 'Weight' }), dataIndex: 'weight', align: 'end' },
        {
          title: t({ zh: '剩余', en: 'Left' }),
          align: 'end',
          render: (_value, { left }) => (left === undefined ? t({ zh: '不限', en: 'no limit' }) : grouped(left)),
        },
        {
          title: t({ zh: '此刻概率', en: 'Odds now' }),
          align: 'end',
          render: (_value, { odds_ppm }) => percentText(odds_ppm),
        },
      ]}
    />
  );
}

function Mark({ passed }: { passed: boolean }) {
  return passed ? (
    <CheckCircleFilled style={{ color: '#52c41a' }} />
  ) : (
    <CloseCircleFilled style={{ color: '#ff4d4f' }} />
  );
}

function Reason({ rule }: { rule: Rule }) {
  const { language } = useLanguage();
  return (
    <Flex vertical gap={4}>
      <span>
        {language === 'zh' ? rule.reason_zh : rule.reason_en} <span className="console-dim">{rule.rule}</span>
      </span>
      <Flex wrap gap={4}>
        {(rule.figures ?? []).map(({ name, value }) => (
          <Tag key={name}>
            {name} = {value}
          </Tag>
        ))}
      </Flex>
    </Flex>
  );
}
