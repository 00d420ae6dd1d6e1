import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { Label } from '../../src/contract/schema.ts';

/** The languages of the console. */
export type Language = 'zh' | 'en';

type Speech = { readonly language: Language; readonly speak: (language: Language) => void };

const Context = createContext<Speech>({ language: 'zh', speak: () => undefined });

const COOKIE_DAYS = 365;

/** The language of the documentation's cookie, else of the browser; Chinese unless English comes first. */
function preferred(): Language {
  const kept = /(?:^|; )lang=(zh|en)/.exec(document.cookie)?.[1];
  return (kept ?? (navigator.language.startsWith('en') ? 'en' : 'zh')) as Language;
}

/** Gives the pages below their language and keeps the operator's choice, shared with the documentation. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(preferred);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const speech = useMemo(
    () => ({
      language,
      speak: (next: Language) => {
        // biome-ignore lint/suspicious/noDocumentCookie: the server reads it for the documentation's pages
        document.cookie = `lang=${next}; Path=/; Max-Age=${COOKIE_DAYS * 86_400}; SameSite=Lax`;
        setLanguage(next);
      },
    }),
    [language],
  );
  return <Context value={speech}>{children}</Context>;
}

/** The present language and the function that changes it. */
export const useLanguage = (): Speech => useContext(Context);

/** The function that picks the words of the present language: `t({ zh: '保存', en: 'Save' })`. */
export function useLabels(): (words: Label) => string {
  const { language } = useLanguage();
  return (words) => words[language];
}
