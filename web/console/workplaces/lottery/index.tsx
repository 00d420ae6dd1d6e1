import { Route, Routes } from 'react-router';
import { ActivityPage } from './activity.tsx';
import { DrawsPage } from './draws.tsx';
import { ActivitiesPage } from './list.tsx';
import './lottery.css';

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
