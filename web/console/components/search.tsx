import { type ReactNode, useEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useLabels } from '../language.tsx';
import { searches } from '../searches.ts';
import { Dialog } from './dialog.tsx';
import { isHeld } from './held.ts';

/** The dialog that finds any id, opened by ⌘K or Ctrl+K from every page. */
export function useSearch(): { open: () => void; dialog: ReactNode } {
  const t = useLabels();
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      // What it finds stands on other pages.
      if (!isHeld()) setOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const label = t({ zh: '按编号搜索', en: 'Search by id' });
  const dialog = (
    <Dialog open={isOpen} close={close} label={label} className="console-search">
      <h2>{label}</h2>
      <Search close={close} />
    </Dialog>
  );
  return { open: () => setOpen(true), dialog };
}

function Search({ close }: { close: () => void }) {
  const t = useLabels();
  const go = useNavigate();
  const [text, setText] = useState('');
  const wanted = text.trim();
  const found = wanted === '' ? [] : searches.filter(({ fits }) => fits.test(wanted));
  const hint = t({ zh: '活动、订单、券码、用户、request_id …', en: 'Activity, order, code, user, request_id …' });
  return (
    <>
      <input
        type="text"
        value={text}
        maxLength={128}
        placeholder={hint}
        aria-label={hint}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={({ key, nativeEvent }) => {
          // Enter that ends the input of a Chinese word opens nothing.
          if (key !== 'Enter' || nativeEvent.isComposing || found[0] === undefined) return;
          close();
          go(found[0].to(wanted));
        }}
      />
      {found.length === 0 ? (
        <p>{t({ zh: '输入编号，回车打开第一项', en: 'Type an id; Enter opens the first' })}</p>
      ) : (
        <ul>
          {found.map(({ words, to }) => (
            <li key={words.en}>
              <Link to={to(wanted)} onClick={close} className="console-link">
                {t(words)}
                {t({ zh: '：', en: ': ' })}
                {wanted}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
