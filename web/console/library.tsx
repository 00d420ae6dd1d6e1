import { App as Messages } from 'antd';
import { Outlet } from 'react-router';
import { confirmDialog, formDrawer } from './components/action.tsx';
import { filterForms } from './components/filters.tsx';
import { Explained } from './components/states.tsx';
import { contractOf } from './contracts.ts';
import { Dressed } from './dressed.tsx';

/** What buttons of the pages open. */
export const later = [filterForms, formDrawer, confirmDialog];

/** What pages made of the library's components stand in: its theme, its messages, and what the contracts say of errors. */
export default function Library({ children = <Outlet /> }: { children?: React.ReactNode }) {
  return (
    <Dressed>
      <Messages style={{ minHeight: '100%' }}>
        <Explained value={({ method, sub_code = '' }) => contractOf(method)?.errors[sub_code]}>{children}</Explained>
      </Messages>
    </Dressed>
  );
}
