import { Outlet } from 'react-router';
import { confirmDialog, formDrawer } from './components/action.tsx';
import { filterForms } from './components/filters.tsx';
import { Explained } from './components/states.tsx';
import { explanationOf } from './contracts.ts';

/** What buttons of the pages open. */
export const later = [filterForms, formDrawer, confirmDialog];

/** What the pages of most workplaces stand in: it tells them what the contracts and the platform say of errors. */
export default function Told({ children = <Outlet /> }: { children?: React.ReactNode }) {
  return <Explained value={explanationOf}>{children}</Explained>;
}
