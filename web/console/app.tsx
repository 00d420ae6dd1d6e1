import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider, App as Messages, theme as themes } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useMemo } from 'react';
import { BrowserRouter } from 'react-router';
import { DoorError } from './client.ts';
import { Failure, Waiting } from './components/states.tsx';
import { LanguageProvider, useLanguage } from './language.tsx';
import { Login } from './pages/login.tsx';
import { Pages } from './pages.tsx';
import { SessionProvider, useMe } from './session.tsx';
import { ThemeProvider, useTheme } from './theme.tsx';

const BRAND = '#c2330c';

/** Logs out what shows that the session has ended: the next question of any page. */
function createQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, staleTime: 5000 } },
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof DoorError && error.status === 401) queries.setQueryData(['me'], null);
      },
    }),
  });
  return queries;
}

/** The console: theme, language, session and pages. */
export function App() {
  const queries = useMemo(createQueries, []);
  return (
    <ThemeProvider>
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <Dressed />
        </QueryClientProvider>
      </LanguageProvider>
    </ThemeProvider>
  );
}

function Dressed() {
  const { isDark } = useTheme();
  const { language } = useLanguage();
  return (
    <ConfigProvider
      locale={language === 'zh' ? zhCN : enUS}
      theme={{
        algorithm: isDark ? themes.darkAlgorithm : themes.defaultAlgorithm,
        token: { colorPrimary: isDark ? '#e8663c' : BRAND, colorLink: isDark ? '#ff8a5c' : BRAND, borderRadius: 6 },
        components: { Layout: { siderBg: isDark ? '#141414' : '#ffffff', headerBg: isDark ? '#141414' : '#ffffff' } },
      }}
    >
      <Messages style={{ minHeight: '100%' }}>
        <BrowserRouter basename="/console">
          <Gate />
        </BrowserRouter>
      </Messages>
    </ConfigProvider>
  );
}

function Gate() {
  const { data: me, error, refetch } = useMe();
  if (me) return <SessionProvider me={me}>{<Pages />}</SessionProvider>;
  if (me === null) return <Login />;
  if (error) return <Failure error={error} again={() => refetch()} />;
  return <Waiting />;
}
