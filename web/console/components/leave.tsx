import { Modal } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useLabels } from '../language.tsx';
import { hold } from './held.ts';

/** What a dialog or drawer that is filled in does when it is to be left: by Escape, by a press beside it, or by its button. */
export type Leave = {
  /** Closes it at once when nothing was filled in, else asks first. */
  readonly leave: () => void;
  /** The question; it stands within what it asks about. */
  readonly question: ReactNode;
};

/** Has the form looked after when the browser goes back or loads another page. */
function useHold(isFilled: () => boolean, ask: () => void): void {
  const now = useRef({ isFilled, ask });
  useEffect(() => {
    now.current = { isFilled, ask };
  });
  useEffect(() => hold({ isFilled: () => now.current.isFilled(), ask: () => now.current.ask() }), []);
}

/**
 * Asks before what was filled in is given up.
 * @param isFilled whether something was, at the moment of leaving; never once it is closed
 */
export function useLeave(isFilled: () => boolean, close: () => void): Leave {
  const t = useLabels();
  const [asked, setAsked] = useState<'close' | 'back'>();
  useHold(isFilled, () => setAsked('back'));
  const giveUp = () => {
    setAsked(undefined);
    close();
    if (asked === 'back') history.back();
  };
  const question = (
    <Modal
      open={asked !== undefined}
      title={t({ zh: '放弃已填写的内容？', en: 'Give up what you filled in?' })}
      okText={t({ zh: '放弃', en: 'Give it up' })}
      cancelText={t({ zh: '继续填写', en: 'Go on filling in' })}
      okButtonProps={{ danger: true }}
      onOk={giveUp}
      onCancel={() => setAsked(undefined)}
    >
      {t({
        zh: '还没有提交，关闭后不会保留。',
        en: 'It was not submitted, and nothing of it is kept once this is closed.',
      })}
    </Modal>
  );
  return { leave: () => (isFilled() ? setAsked('close') : close()), question };
}
