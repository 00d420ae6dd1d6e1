import { Navigate, Route, Routes } from 'react-router';
import { Sections } from '../../components/sections.tsx';
import { AppPage } from './app.tsx';
import { Apps } from './apps.tsx';
import { Calls } from './calls.tsx';
import { Changes } from './changes.tsx';
import { Jobs } from './jobs.tsx';
import { Ledger } from './ledger.tsx';
import { Limits } from './limits.tsx';

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
        <Route path="apps/:app_key" element={<AppPage />} />
        <Route path="limits" element={<Limits />} />
        <Route path="calls" element={<Calls />} />
        <Route path="changes" element={<Changes />} />
        <Route path="jobs" element={<Jobs />} />
        <Route path="ledger" element={<Ledger />} />
        <Route path="*" element={<Navigate to="/platform/apps" replace />} />
      </Routes>
    </>
  );
}
