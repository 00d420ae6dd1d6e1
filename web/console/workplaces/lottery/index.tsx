import { lazy } from 'react';
import { Route, Routes } from 'react-router';
import { DrawsPage } from './draws.tsx';
import { ActivitiesPage } from './list.tsx';
import './lottery.css';

// What the lists have no use for, pickers of instants among it.
const ActivityPage = lazy(() => import('./activity.tsx').then((code) => ({ default: code.ActivityPage })));

/** The lottery workplace: activities, one activity, and the search for wins. */
export default function Lottery() {
  return (
    <Routes>
      <Route index element={<ActivitiesPage />} />
      <Route path="draws" element={<DrawsPage />} />
      <Route path=":spread_id/:tab?" element={<ActivityPage />} />
    </Routes>
  );
}
