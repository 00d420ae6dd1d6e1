import { ReloadOutlined } from '@ant-design/icons';
import { Alert, Button, Flex } from 'antd';
import { useMemo, useState } from 'react';
import { useLabels, useLanguage } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { type CodeForm, codeSpace, formProblem, largeCount, mostCodes, placesFor, sampleOf } from './form.ts';

const SAMPLES = 8;

/** How codes of a form will look and how many of them there may be, computed here and now. */
export function FormPreview({ form, count }: { form: CodeForm; count: number }) {
  const t = useLabels();
  const problem = formProblem(form);
  if (problem !== undefined) return <Alert type="warning" showIcon title={t(problem)} style={{ marginBottom: 16 }} />;
  return (
    <Flex vertical gap={12} style={{ marginBottom: 16 }}>
      <Samples form={form} />
      <Capacity form={form} count={count} />
      <span className="console-dim">
        {t({
          zh: '格式在第一次生成后不能再改，以后追加的券码沿用它。',
          en: 'The first codes fix the form: those made later have the same.',
        })}
      </span>
    </Flex>
  );
}

function Samples({ form: { pattern, alphabet, check } }: { form: CodeForm }) {
  const t = useLabels();
  const [round, setRound] = useState(0);
  const samples = useMemo(
    () =>
      Array.from({ length: SAMPLES }, (_none, index) => ({
        key: `${round} ${index}`,
        code: sampleOf({ pattern, alphabet, check }, Math.random),
      })),
    [pattern, alphabet, check, round],
  );
  return (
    <div>
      <Flex align="center" gap={8}>
        {t({ zh: '样例（不是真的券码）', en: 'Samples (not real codes)' })}
        <Button
          type="text"
          size="small"
          icon={<ReloadOutlined />}
          aria-label={t({ zh: '换一批样例', en: 'Other samples' })}
          onClick={() => setRound(round + 1)}
        />
      </Flex>
      <ul className="vouchers-samples">
        {samples.map(({ key, code }) => (
          <li key={key} className="console-id">
            {code}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Capacity({ form, count }: { form: CodeForm; count: number }) {
  const t = useLabels();
  const { language } = useLanguage();
  const most = mostCodes(form);
  const [space, room] = [codeSpace(form), most].map((each) => largeCount(each, language));
  const said = t({
    zh: `共 ${space} 种组合，为防猜中最多生成 ${room} 个。`,
    en: `${space} possible codes; to keep guessing vain at most ${room} of them are made.`,
  });
  if (BigInt(Math.max(1, count)) <= most) return <Alert type="success" showIcon title={said} />;
  const places = placesFor(form, Math.max(1, count));
  return (
    <Alert
      type="warning"
      showIcon
      title={said}
      description={t({
        zh: `生成 ${grouped(count)} 个至少需要 ${places} 个 #。`,
        en: `${grouped(count)} codes need at least ${places} #.`,
      })}
    />
  );
}
