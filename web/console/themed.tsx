import { ConfigProvider, theme as themes } from 'antd';
import 'antd/dist/antd.css';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { useLanguage } from './language.tsx';
import { useTheme } from './theme.tsx';

const BRAND = '#c2330c';
/** A little brighter, so that a link stands out from the text around it (WCAG 1.4.1). */
const LINK = '#c8350d';
/** Buttons under the pointer: the lighter ground that the library would choose is too pale below white words. */
const HOVERED = { light: '#a62b0a', dark: '#ad4524' } as const;
const DARK = {
  ...{ colorPrimary: '#dc5c34', colorLink: '#ff8a5c', colorError: '#ff6b6b', borderRadius: 6 },
  ...{ colorTextDescription: '#a3a3a3', colorTextTertiary: '#a3a3a3', colorTextPlaceholder: '#8c8c8c' },
  ...{ purple7: '#b37feb', 'purple-7': '#b37feb' },
};
/** Words in the colour of the ground of buttons are too dim on black. */
const BRIGHT = '#ffb08f';
/** Greys and tags of the library's own are too pale on white to be read by everyone (WCAG 1.4.3). */
const LIGHT = {
  ...{ colorPrimary: BRAND, colorLink: LINK, colorError: '#cf1322', borderRadius: 6 },
  ...{ colorTextDescription: '#5c636b', colorTextTertiary: '#5c636b', colorTextPlaceholder: '#6b727a' },
  // Both spellings: the library reads one for its rules and the other for its variables.
  ...{ green7: '#237804', orange7: '#ad4e00', gold7: '#874d00', purple7: '#531dab' },
  ...{ 'green-7': '#237804', 'orange-7': '#ad4e00', 'gold-7': '#874d00', 'purple-7': '#531dab' },
};

/** Whether the reader has asked their system for less motion (WCAG 2.3.3); what opens then stands there at once. */
const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Gives the components of the library below the console's theme and language, and the page their styles. */
export function Themed({ children }: { children: ReactNode }) {
  const { isDark } = useTheme();
  const { language } = useLanguage();
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCN : enUS}
      // As the console's own buttons, which have no space between two characters.
      button={{ autoInsertSpace: false }}
      theme={{
        // Styles come from the library's file: to make them in the browser took half of the first load.
        zeroRuntime: true,
        // One set of variables for all parts that are dressed.
        cssVar: { key: 'console' },
        algorithm: isDark ? themes.darkAlgorithm : themes.defaultAlgorithm,
        token: { ...(isDark ? DARK : LIGHT), motion: !isStill },
        components: {
          Button: isDark
            ? { colorPrimaryHover: HOVERED.dark, defaultHoverColor: BRIGHT, defaultHoverBorderColor: BRIGHT }
            : { colorPrimaryHover: HOVERED.light },
          ...(isDark && {
            Menu: { itemSelectedColor: BRIGHT },
            Tabs: { itemSelectedColor: BRIGHT, itemHoverColor: BRIGHT, itemActiveColor: BRIGHT },
          }),
          Layout: { siderBg: isDark ? '#141414' : '#ffffff', headerBg: isDark ? '#141414' : '#ffffff' },
        },
      }}
    >
      {children}
    </ConfigProvider>
  );
}
