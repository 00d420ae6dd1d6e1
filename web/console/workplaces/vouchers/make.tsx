import { Button, Card, Flex, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import type { AnswerOf } from '../../client.ts';
import { LiveJob } from '../../components/job.tsx';
import { Refusal } from '../../components/states.tsx';
import { useAction } from '../../components/use-action.ts';
import { newKey } from '../../key.ts';
import { useLabels, useLanguage } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';
import type { Batch } from './batch-info.ts';
import { ALPHABETS, type CodeForm, DEFAULT_PATTERN, formProblem, largeCount, MOST_AT_ONCE } from './form.ts';
import { FormPreview } from './preview.tsx';

const GENERATE = 'piaoquan.voucher.batch.generate';
type Made = AnswerOf<typeof GENERATE>;
type Filled = CodeForm & { readonly count: number };

/** The alphabet of one's own, among those to choose from. */
const OWN = 'own';

/** Makes codes for a batch: their form with samples and capacity as one types, then the progress of the job. */
export function MakeCodes({ batch }: { batch: Batch }) {
  const t = useLabels();
  const { may } = useSession();
  const [made, setMade] = useState<Made>();
  if (!may(GENERATE)) return null;
  return (
    <Card title={t({ zh: '生成券码', en: 'Make codes' })}>
      {made === undefined ? (
        <MakeForm batch={batch} onMade={setMade} />
      ) : (
        <Making made={made} again={() => setMade(undefined)} />
      )}
    </Card>
  );
}

function Making({ made: { job_id, possible_count }, again }: { made: Made; again: () => void }) {
  const t = useLabels();
  const { language } = useLanguage();
  const space = largeCount(BigInt(possible_count), language);
  return (
    <Flex vertical gap={12} align="stretch">
      <span>
        {t({
          zh: `任务 ${job_id}：该格式共有 ${space} 种组合。可以离开此页，任务在后台继续。`,
          en: `Job ${job_id}: the form has ${space} possible codes. You may leave this page; the job goes on.`,
        })}
      </span>
      <LiveJob job_id={job_id} />
      <div>
        <Button onClick={again}>{t({ zh: '再生成一批', en: 'Make more' })}</Button>
      </div>
    </Flex>
  );
}

function MakeForm({ batch, onMade }: { batch: Batch; onMade: (made: Made) => void }) {
  const t = useLabels();
  const action = useAction(GENERATE);
  const [unique_id] = useState(() => newKey('console'));
  const [form] = Form.useForm<FormValues>();
  const values = Form.useWatch([], form) as FormValues | undefined;
  const { mix_id, code_pattern } = batch;
  const isFirst = code_pattern === undefined;
  const filled = readForm(values);
  const submit = async () => {
    const { pattern, alphabet, check, count } = filled;
    // A batch keeps the form of its first codes: the platform takes it from there.
    const shape = isFirst ? { pattern, alphabet, check_character: check } : {};
    onMade((await action.mutateAsync({ mix_id, count, ...shape, unique_id })) as unknown as Made);
  };
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={{ pattern: code_pattern ?? DEFAULT_PATTERN, chosen: ALPHABETS[0]?.alphabet, check: false }}
      onFinish={() => submit().catch(() => undefined)}
    >
      <Refusal error={action.error} />
      <Flex wrap gap="0 32px">
        <div className="vouchers-half">
          {isFirst ? (
            <FormFields isOwn={values?.chosen === OWN} />
          ) : (
            <p className="vouchers-note">
              {t({ zh: '这个批次的券码格式已定：', en: 'The codes of this batch have their form: ' })}
              <code>{code_pattern}</code>
            </p>
          )}
          <Form.Item
            name="count"
            label={t({ zh: '生成数量', en: 'How many' })}
            rules={[{ required: true, message: t({ zh: '请填写', en: 'Needed' }) }]}
          >
            <InputNumber<number> min={1} max={MOST_AT_ONCE} precision={0} placeholder="100000" style={{ width: 200 }} />
          </Form.Item>
        </div>
        <div className="vouchers-half">{isFirst && <FormPreview form={filled} count={filled.count} />}</div>
      </Flex>
      <Button
        type="primary"
        htmlType="submit"
        loading={action.isPending}
        disabled={isFirst && formProblem(filled) !== undefined}
      >
        {filled.count > 0
          ? t({ zh: `生成 ${grouped(filled.count)} 个`, en: `Make ${grouped(filled.count)}` })
          : t({ zh: '生成', en: 'Make' })}
      </Button>
    </Form>
  );
}

type FormValues = { pattern?: string; chosen?: string; own?: string; check?: boolean; count?: number | null };

const readForm = ({ pattern = '', chosen = '', own = '', check = false, count }: FormValues = {}): Filled => ({
  pattern,
  alphabet: chosen === OWN ? own : chosen,
  check,
  count: count ?? 0,
});

function FormFields({ isOwn }: { isOwn: boolean }) {
  const t = useLabels();
  const options = [
    ...ALPHABETS.map(({ words, alphabet }) => ({ value: alphabet, label: t(words) })),
    { value: OWN, label: t({ zh: '自定义', en: 'Characters of your own' }) },
  ];
  return (
    <>
      <Form.Item
        name="pattern"
        label={t({ zh: '券码格式', en: 'Pattern' })}
        extra={t({
          zh: '# 为随机字符，其余照写。例：TPP-########',
          en: '# is a random character, everything else stands for itself: TPP-########',
        })}
      >
        <Input maxLength={64} className="console-id" />
      </Form.Item>
      <Form.Item name="chosen" label={t({ zh: '随机字符取自', en: 'Characters to draw from' })}>
        <Select options={options} />
      </Form.Item>
      {isOwn && (
        <Form.Item
          name="own"
          label={t({ zh: '10 至 62 个不同的字母或数字', en: '10 to 62 different letters or digits' })}
        >
          <Input maxLength={62} className="console-id" />
        </Form.Item>
      )}
      <Form.Item
        name="check"
        valuePropName="checked"
        label={t({ zh: '最后一个 # 作校验字符', en: 'Last # is a check character' })}
        extra={t({ zh: '输错一个字符时立即可知。', en: 'A mistyped character shows at once.' })}
      >
        <Switch />
      </Form.Item>
    </>
  );
}
