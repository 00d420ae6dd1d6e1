import {
  CheckCircleFilled,
  CloseCircleFilled,
  ExclamationCircleFilled,
  InfoCircleFilled,
  WarningFilled,
} from '@ant-design/icons';
import { createContext, type ReactNode, useContext } from 'react';
import { argumentLabels } from '../../../src/contract/argument-labels.ts';
import type { Label } from '../../../src/contract/schema.ts';
import { TopError, TopNetworkError } from '../../../src/sdk/errors.ts';
import { ApiError } from '../api.ts';
import type { Explanation } from '../contracts.ts';
import { useLabels } from '../language.tsx';

const UNREACHABLE: Label = {
  zh: '连接不上服务器。请检查网络，稍后重试。',
  en: 'The server cannot be reached. Check the network and try again.',
};
const NOT_LOADED: Label = {
  zh: '页面没能加载：连接不上服务器，或控制台刚刚更新。请重试。',
  en: 'The page could not be loaded: the server cannot be reached, or the console has just been updated. Try again.',
};
/** What browsers, and the loader of the build, say of a part of the page that they cannot load. */
const LOADING = /dynamically imported module|module script failed|preload CSS/;
const UNEXPECTED: Label = { zh: '页面出错了。请刷新后再试。', en: 'The page failed. Reload it and try again.' };

const Explanations = createContext<(error: TopError) => Explanation | undefined>(() => undefined);

/** Gives the pages below the function that finds what is known of the error of a refused call. */
export const Explained = Explanations.Provider;

/** What happened and what to do about it, in words of the contract or the platform where they know the error. */
export function useWordsOf(error: unknown) {
  const find = useContext(Explanations);
  return wordsOf(error, error instanceof TopError ? find(error) : undefined);
}

/** What happened and what to do about it, in the words that are known of the error. */
export function wordsOf(error: unknown, known?: Explanation): { title: Label; detail?: Label } {
  if (error instanceof ApiError)
    return { title: error.words, ...(error.wait_seconds && { detail: waitOf(error.wait_seconds) }) };
  if (error instanceof TopError) {
    const said = error.sub_msg ?? error.msg;
    const id = error.request_id === undefined ? '' : `request_id ${error.request_id}`;
    if (known === undefined) return { title: { zh: said, en: said }, detail: { zh: id, en: id } };
    const title = argumentLabels(error) ?? { zh: said, en: known.cause.en };
    return { title, detail: { zh: `${known.remedy.zh} · ${id}`, en: `${known.remedy.en} · ${id}` } };
  }
  if (error instanceof Error && LOADING.test(error.message)) return { title: NOT_LOADED };
  if (error instanceof TopNetworkError || error instanceof TypeError) return { title: UNREACHABLE };
  return { title: UNEXPECTED };
}

function waitOf(seconds: number): Label {
  const minutes = Math.ceil(seconds / 60);
  return {
    zh: `还需等待约 ${minutes} 分钟。`,
    en: `Wait about ${minutes} more ${minutes === 1 ? 'minute' : 'minutes'}.`,
  };
}

/** A page that could not be had, with a button to try again. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const t = useLabels();
  const { title, detail } = useWordsOf(error);
  return (
    <div className="console-failure" role="alert">
      <WarningFilled />
      <h3>{t(title)}</h3>
      {detail && <p>{t(detail)}</p>}
      {again && (
        <button type="button" className="console-button primary" onClick={again}>
          {t({ zh: '重试', en: 'Try again' })}
        </button>
      )}
    </div>
  );
}

const SIGNS = {
  success: <CheckCircleFilled />,
  error: <CloseCircleFilled />,
  warning: <ExclamationCircleFilled />,
  info: <InfoCircleFilled />,
} as const;

type NoticeProps = { kind: keyof typeof SIGNS; title: string; detail?: string | undefined; role?: 'alert' | 'status' };

/** Words above what they are about. */
export function Notice({ kind, title, detail, role = 'alert' }: NoticeProps) {
  return (
    <div className={`console-notice ${kind}`} role={role}>
      {SIGNS[kind]}
      <div>
        <p>{title}</p>
        {detail && <p className="console-dim">{detail}</p>}
      </div>
    </div>
  );
}

/** The error of a form or an action, above it. */
export function Refusal({ error }: { error: unknown }) {
  const t = useLabels();
  const { title, detail } = useWordsOf(error);
  if (!error) return null;
  return (
    <div style={{ marginBottom: 16 }}>
      <Notice kind="error" title={t(title)} detail={detail && t(detail)} />
    </div>
  );
}

/** A page that is on its way. */
export function Waiting() {
  return (
    <div className="console-center">
      <div className="console-waiting" />
    </div>
  );
}

/** Nothing is here yet: what would be, and how to make it. */
export function Nothing({ words, children }: { words: Label; children?: ReactNode }) {
  const t = useLabels();
  return (
    <div className="console-nothing">
      <svg width="64" height="41" viewBox="0 0 64 41" aria-hidden="true">
        <path d="M55 13 45 2H19L9 13v20a3 3 0 0 0 3 3h40a3 3 0 0 0 3-3zM9 13h14c2 0 3 2 3 4s2 4 6 4 6-2 6-4 1-4 3-4h14" />
      </svg>
      <p>{t(words)}</p>
      {children && <div>{children}</div>}
    </div>
  );
}
