import { App as Messages } from 'antd';
import { BrowserRouter } from 'react-router';
import { Explained } from './components/states.tsx';
import { contractOf } from './contracts.ts';
import type { Me } from './me.ts';
import { Pages } from './pages.tsx';
import { SessionProvider } from './session.tsx';

/** What an operator who is logged in works at. It is not loaded for those who are not: the contracts are a good part of it. */
export default function Desk({ me }: { me: Me }) {
  return (
    <Messages style={{ minHeight: '100%' }}>
      <BrowserRouter basename="/console">
        <SessionProvider me={me}>
          <Explained value={({ method, sub_code = '' }) => contractOf(method)?.errors[sub_code]}>
            <Pages />
          </Explained>
        </SessionProvider>
      </BrowserRouter>
    </Messages>
  );
}
