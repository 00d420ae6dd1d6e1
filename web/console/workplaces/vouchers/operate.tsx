import { useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Input, Modal, Progress } from 'antd';
import { useRef, useState } from 'react';
import type { AnswerOf } from '../../client.ts';
import { useLeave } from '../../components/leave.tsx';
import { Refusal } from '../../components/states.tsx';
import { newKey } from '../../key.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';
import { type Kind, operations } from './operations.ts';
import { Results } from './results.tsx';

/** What became of one code. */
export type CodeResult = AnswerOf<'piaoquan.voucher.code.void'>['results'][number];

/** What is done to which codes. */
export type OperateProps = { readonly mix_id: string; readonly kind: Kind; readonly codes: readonly string[] };

/** Codes that one call takes. */
const AT_ONCE = 1000;

/**
 * Does something to codes, a thousand a call. Each call has a number of its own, so that one sent twice counts once and
 * work that broke off goes on where it was.
 */
function useOperation({ mix_id, kind, codes }: OperateProps) {
  const { client } = useSession();
  const queries = useQueryClient();
  const [results, setResults] = useState<readonly CodeResult[]>([]);
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  const [key] = useState(() => newKey('console'));
  const stopped = useRef(false);
  const { method } = operations[kind];
  const run = async (user_id: string) => {
    setRunning(true);
    setError(undefined);
    stopped.current = false;
    const user = user_id === '' ? {} : { user_id };
    const all = [...results];
    try {
      while (all.length < codes.length && !stopped.current) {
        const part = codes.slice(all.length, all.length + AT_ONCE);
        const request = { mix_id, codes: part, unique_id: `${key}-${all.length}`, ...user };
        const answer = (await client.call(method as string, request)) as unknown as { results: CodeResult[] };
        all.push(...answer.results);
        setResults([...all]);
      }
    } catch (refusal) {
      setError(refusal);
    } finally {
      setRunning(false);
    }
  };
  return {
    results,
    isRunning,
    error,
    run,
    /** Ends it after the call that is under way; the pages below, which may not have its button any more, learn of it now. */
    leave: () => {
      stopped.current = true;
      if (results.length > 0) void queries.invalidateQueries();
    },
  };
}

/** Says what is done to codes, does it and shows what became of each; open at first. */
export default function Operating(props: OperateProps) {
  const { kind, codes } = props;
  const t = useLabels();
  const [open, setOpen] = useState(true);
  const [user_id, setUser] = useState('');
  const { results, isRunning, error, run, leave } = useOperation(props);
  const { label, danger, user, consequence } = operations[kind];
  const isDone = results.length === codes.length;
  const isLacking = user === 'needed' && user_id.trim() === '';
  const { leave: close, question } = useLeave(
    () => open && user_id !== '' && results.length === 0,
    () => {
      leave();
      setOpen(false);
    },
  );
  const act = (
    <Button
      key="act"
      type="primary"
      danger={danger}
      loading={isRunning}
      disabled={isLacking}
      onClick={() => run(user_id.trim())}
    >
      {results.length > 0 ? t({ zh: '继续', en: 'Go on' }) : t(label)}
    </Button>
  );
  return (
    <Modal
      open={open}
      title={t(label)}
      onCancel={close}
      width={640}
      footer={[
        <Button key="close" onClick={close}>
          {isDone ? t({ zh: '关闭', en: 'Close' }) : t({ zh: '取消', en: 'Cancel' })}
        </Button>,
        ...(isDone ? [] : [act]),
      ]}
    >
      <Flex vertical gap={12}>
        <Refusal error={error} />
        {results.length === 0 && <span>{t(consequence(codes.length))}</span>}
        {user !== undefined && results.length === 0 && (
          <Input
            value={user_id}
            maxLength={64}
            disabled={isRunning}
            aria-label={t({ zh: '用户 ID', en: 'User id' })}
            placeholder={
              user === 'needed'
                ? t({ zh: '用户 ID', en: 'User id' })
                : t({
                    zh: '用户 ID（选填：填写后不核销别人绑定的券码）',
                    en: 'User id (if given, codes of others are not redeemed)',
                  })
            }
            onChange={(event) => setUser(event.target.value)}
          />
        )}
        {codes.length > AT_ONCE && (isRunning || results.length > 0) && (
          <Progress
            percent={Math.floor((results.length / codes.length) * 100)}
            format={() => `${grouped(results.length)} / ${grouped(codes.length)}`}
          />
        )}
        {results.length > 0 && <Results results={results} name={kind} />}
        {question}
      </Flex>
    </Modal>
  );
}
