import { Route, Routes } from 'react-router';
import { type LazyPageAt, page } from '../../lazy-page.tsx';
import { ActivitiesPage } from './list.tsx';
import './lottery.css';

const activity = page(() => import('./activity.tsx'), 'ActivityPage');
const draws = page(() => import('./draws.tsx'), 'DrawsPage');

/** What the list has no use for: forms and charts among it. */
export const later = [activity, draws];

/** The one of them that the steps of a path lead to. */
export const partAt: LazyPageAt = ([first]) => (first === undefined ? undefined : first === 'draws' ? draws : activity);

/** The lottery workplace: activities, one activity, and the search for wins. */
export default function Lottery() {
  return (
    <Routes>
      <Route index element={<ActivitiesPage />} />
      <Route path="draws" element={<draws.Shown />} />
      <Route path=":spread_id/:tab?" element={<activity.Shown />} />
    </Routes>
  );
}
