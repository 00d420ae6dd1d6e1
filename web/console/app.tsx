import { QueryCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { BrowserRouter } from 'react-router';
import { ApiError } from './api.ts';
import { Boundary } from './components/boundary.tsx';
import { SaidProvider } from './components/said.tsx';
import { Failure, Waiting } from './components/states.tsx';
import { LanguageProvider } from './language.tsx';
import { whoIsIn } from './me.ts';
import { Pages } from './pages.tsx';
import { login } from './routes.ts';
import { SessionProvider } from './session.tsx';
import { ThemeProvider } from './theme.tsx';

/** What was asked and answered. Logs out what shows that the session has ended: the next question of any page. */
export function createQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, staleTime: 5000 } },
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) queries.setQueryData(['me'], null);
      },
    }),
  });
  return queries;
}

/** The console: theme, language, session and pages. */
export function App({ queries }: { queries: QueryClient }) {
  return (
    <ThemeProvider>
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <Gate />
        </QueryClientProvider>
      </LanguageProvider>
    </ThemeProvider>
  );
}

function Gate() {
  const { data: me, error, refetch } = useQuery(whoIsIn);
  if (me === undefined) return error ? <Failure error={error} again={() => refetch()} /> : <Waiting />;
  return (
    <Boundary>
      <Suspense fallback={<Waiting />}>
        {me === null ? (
          <login.Shown />
        ) : (
          <BrowserRouter basename="/console">
            <SessionProvider me={me}>
              <SaidProvider>
                <Pages />
              </SaidProvider>
            </SessionProvider>
          </BrowserRouter>
        )}
      </Suspense>
    </Boundary>
  );
}
