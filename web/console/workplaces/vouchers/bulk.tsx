import { Card, Flex, Input, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { OperateButton } from './operate-button.tsx';
import { type Kind, operations, readCodes } from './operations.ts';

const MOST_CODES = 100_000;

/** Binds, redeems, reverses or voids many codes of a batch, pasted as a text. */
export function Bulk({ mix_id }: { mix_id: string }) {
  const t = useLabels();
  const [text, setText] = useState('');
  const { codes, doubled } = useMemo(() => readCodes(text), [text]);
  const isTooMany = codes.length > MOST_CODES;
  return (
    <Card title={t({ zh: '对一批券码做同样的事', en: 'Do the same to many codes' })}>
      <Flex vertical gap={12}>
        <Input.TextArea
          aria-label={t({ zh: '券码', en: 'Codes' })}
          className="console-id"
          autoSize={{ minRows: 6, maxRows: 16 }}
          value={text}
          placeholder={t({
            zh: '粘贴券码，每行一个；逗号、空格隔开也可以',
            en: 'Paste codes, one a line; commas and blanks set them apart too',
          })}
          onChange={(event) => setText(event.target.value)}
        />
        <Typography.Text type={isTooMany ? 'danger' : 'secondary'} role="status">
          {t({
            zh: `${grouped(codes.length)} 个券码${doubled > 0 ? `，另有 ${doubled} 个重复的不计` : ''}${isTooMany ? '：一次最多 100,000 个，请分批' : ''}`,
            en: `${grouped(codes.length)} codes${doubled > 0 ? `, and ${doubled} that stand there twice` : ''}${isTooMany ? ': 100,000 at a time at the most' : ''}`,
          })}
        </Typography.Text>
        <Flex wrap gap={8}>
          {(Object.keys(operations) as Kind[]).map((kind) => (
            <OperateButton key={kind} mix_id={mix_id} kind={kind} codes={isTooMany ? [] : codes} />
          ))}
        </Flex>
      </Flex>
    </Card>
  );
}
