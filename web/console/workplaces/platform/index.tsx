import { Navigate, Route, Routes } from 'react-router';
import { Sections } from '../../components/sections.tsx';
import { type LazyPageAt, page } from '../../lazy-page.tsx';
import { Apps } from './apps.tsx';
import { Jobs } from './jobs.tsx';
import { Limits } from './limits.tsx';

const app = page(() => import('./app.tsx'), 'AppPage');
const calls = page(() => import('./calls.tsx'), 'Calls');
const changes = page(() => import('./changes.tsx'), 'Changes');
const ledger = page(() => import('./ledger.tsx'), 'Ledger');

/** What the lists have no use for. */
export const later = [app, calls, changes, ledger];

const byStep = new Map(Object.entries({ calls, changes, ledger }));

/** The one of them that the steps of a path lead to. */
export const partAt: LazyPageAt = ([first = '', app_key]) =>
  first === 'apps' && app_key !== undefined ? app : byStep.get(first);

/** The platform itself: apps, limits, calls, changes, jobs and ledgers. */
export default function Platform() {
  return (
    <>
      <Sections
        workplace="platform"
        parts={{
          apps: { zh: '应用', en: 'Apps' },
          limits: { zh: '限额', en: 'Limits' },
          calls: { zh: '调用日志', en: 'Call log' },
          changes: { zh: '变更日志', en: 'Changes' },
          jobs: { zh: '后台任务', en: 'Jobs' },
          ledger: { zh: '台账', en: 'Ledger' },
        }}
      />
      <Routes>
        <Route path="apps" element={<Apps />} />
        <Route path="apps/:app_key" element={<app.Shown />} />
        <Route path="limits" element={<Limits />} />
        <Route path="calls" element={<calls.Shown />} />
        <Route path="changes" element={<changes.Shown />} />
        <Route path="jobs" element={<Jobs />} />
        <Route path="ledger" element={<ledger.Shown />} />
        <Route path="*" element={<Navigate to="/platform/apps" replace />} />
      </Routes>
    </>
  );
}
