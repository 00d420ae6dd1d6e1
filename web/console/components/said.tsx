import { CheckCircleFilled } from '@ant-design/icons';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

const SHOWN_MS = 3000;
const Context = createContext<(text: string) => void>(() => undefined);

/** Gives the pages below a place above them where it is said, for three seconds, that something was done. */
export function SaidProvider({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: '' });
  useEffect(() => {
    if (said.text === '') return;
    const end = setTimeout(() => setSaid({ text: '' }), SHOWN_MS);
    return () => clearTimeout(end);
  }, [said]);
  return (
    <Context value={useCallback((text: string) => setSaid({ text }), [])}>
      {children}
      <div className="console-said" aria-live="polite">
        {said.text !== '' && (
          <span>
            <CheckCircleFilled /> {said.text}
          </span>
        )}
      </div>
    </Context>
  );
}

/** Says that something was done. */
export const useSay = (): ((text: string) => void) => useContext(Context);
