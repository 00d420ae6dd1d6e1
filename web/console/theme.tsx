import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

/** What the operator chose: one of the two, or as the system has it. */
export type Choice = 'auto' | 'light' | 'dark';

type Theme = { readonly choice: Choice; readonly isDark: boolean; readonly choose: (choice: Choice) => void };

const Context = createContext<Theme>({ choice: 'auto', isDark: false, choose: () => undefined });

function kept(): Choice {
  return (/(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1] ?? 'auto') as Choice;
}

/** Gives the pages below their theme and keeps the operator's choice, shared with the documentation. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState(kept);
  const [systemIsDark, setSystemIsDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setSystemIsDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  const isDark = choice === 'auto' ? systemIsDark : choice === 'dark';
  useEffect(() => {
    document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
  }, [isDark]);
  const theme = useMemo(
    () => ({
      choice,
      isDark,
      choose: (next: Choice) => {
        // biome-ignore lint/suspicious/noDocumentCookie: the server reads it for the documentation's pages
        document.cookie = `theme=${next}; Path=/; Max-Age=31536000; SameSite=Lax`;
        setChoice(next);
      },
    }),
    [choice, isDark],
  );
  return <Context value={theme}>{children}</Context>;
}

/** The present theme and the function that changes it. */
export const useTheme = (): Theme => useContext(Context);
